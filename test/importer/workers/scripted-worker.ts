import { onTestFinished } from "vitest";
import type { PoolClient } from "../../../src/importer/workers/worker-pool.ts";
import { WorkerPool, type PoolOptions } from "../../../src/importer/workers/worker-pool.ts";

/** A worker that does what the text of a file says. */
export const SCRIPTED_ENTRY = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { existsSync, writeFileSync } from "node:fs";
    import { parentPort } from "node:worker_threads";
    let onGranted, hasEnded = false;
    parentPort.on("message", ({ kind, source, spool }) => {
      if (kind === "memory-granted") onGranted();
      if (kind !== "file") return;
      const [order, argument] = Buffer.from(source.bytes).toString().split(" ");
      const path = (i) => spool.spoolFolder + "/" + spool.spoolName + "-" + i;
      if (order === "crash") process.exit(3);
      if (hasEnded) return process.exit(3);
      if (order === "end-later") hasEnded = true;
      if (order === "loop") for (;;);
      if (order === "throw") throw new Error("out of luck");
      if (order === "until") while (!existsSync(argument));
      if (order === "frames") for (let i = 1; i <= argument; i++) parentPort.postMessage({ kind: "frame", path: path(i) });
      if (order.endsWith("memory")) {
        onGranted = () => {
          parentPort.postMessage({ kind: "frame", path: path(1) });
          if (order === "crash-memory") process.exit(3);
          if (order !== "hold-memory") parentPort.postMessage({ kind: "instance", instance: {}, isWornOut: order === "wear-memory" });
        };
        return parentPort.postMessage({ kind: "memory", byteLength: Number(argument) });
      }
      if (order === "spool") {
        for (let i = 1; i <= 3; i++) writeFileSync(path(i), "");
        parentPort.postMessage({ kind: "frame", path: path(1) });
        if (argument === "crash") throw new Error("out of luck");
      }
      if (order !== "hang" && argument !== "hang") parentPort.postMessage({ kind: "instance", instance: { sopInstanceUID: argument ?? "" }, isWornOut: order === "wear" });
    });
  `)}`,
);

/** A pool of such workers, whose clients are closed when the test is over. */
export function openPool(options: Partial<PoolOptions> = {}): WorkerPool {
  const pool = new ClosedAfterTest(SCRIPTED_ENTRY, options);
  onTestFinished(() => pool.close());
  return pool;
}

class ClosedAfterTest extends WorkerPool {
  readonly #acquired: PoolClient[] = [];

  override acquire(options: Parameters<WorkerPool["acquire"]>[0]): PoolClient {
    const client = super.acquire(options);
    this.#acquired.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#acquired.map((client) => client.close()));
  }
}

export const order = (text: string) => ({ bytes: new Uint8Array(new TextEncoder().encode(text)) });
export const ignore = (): void => {};
