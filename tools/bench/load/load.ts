import { compile } from "../compile.ts";
import { ask, start, stop, type Started } from "../processes.ts";

/** A server that is asked, and with what: its requests come in turn. */
export interface Lane {
  readonly url: string;
  /** In their form on the wire. */
  readonly requests: readonly Uint8Array[];
}

export interface LoadJob {
  /** Each connection asks all of them in turn. */
  readonly lanes: readonly Lane[];
  readonly connections: number;
  /** Infinity: until it is stopped. */
  readonly calls: number;
  readonly pauseMs: number;
}

export interface LaneResult {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

export interface LoadResult {
  readonly calls: number;
  readonly elapsedMs: number;
  /** The client's processor time: near `elapsedMs` the client was the bottleneck. */
  readonly cpuMs: number;
  readonly lanes: readonly LaneResult[];
}

/** A client in a process of its own, which asks over plain sockets. */
export class LoadClient {
  readonly #started: Started;

  private constructor(started: Started) {
    this.#started = started;
  }

  static async open(): Promise<LoadClient> {
    const program = await compile(new URL("load-client.ts", import.meta.url));
    return new LoadClient(await start([program], { hasChannel: true }));
  }

  run(job: LoadJob): Promise<LoadResult> {
    return ask(this.#started, job);
  }

  /** Asks until something has ended. */
  async runUntil(job: Omit<LoadJob, "calls">, end: () => Promise<unknown>): Promise<LoadResult> {
    const result = this.run({ ...job, calls: Number.POSITIVE_INFINITY });
    await Promise.race([end(), result]).finally(() => this.#started.child.send("stop"));
    return result;
  }

  close(): Promise<void> {
    return stop(this.#started);
  }
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request in its form on the wire. */
export function toWire({ method, path, headers = {}, body = "" }: Asked): Uint8Array {
  const bytes = Buffer.from(body);
  const all = { host: "127.0.0.1", "content-length": String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`), bytes]);
}
