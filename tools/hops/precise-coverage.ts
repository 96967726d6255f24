import { Session, type Profiler } from "node:inspector/promises";

/** How often each function was called since the last count: by the script's URL, then by its place in it. */
export type CallCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

type Post = (method: string, params?: object) => Promise<unknown>;

/** Counts the calls of functions in this thread and in the worker threads that it has. */
export class PreciseCoverage {
  readonly #session = new Session();
  readonly #threads: Post[] = [];
  readonly #pending = new Map<string, (result: unknown) => void>();
  #messageCount = 0;

  async begin(): Promise<void> {
    const session = this.#session;
    session.connect();
    const post = session.post.bind(session) as Post;
    this.#threads.push(post);
    session.on("NodeWorker.attachedToWorker", ({ params }) =>
      this.#threads.push((method, parameters) => this.#ask(params.sessionId, method, parameters)),
    );
    session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
      const { id, result } = JSON.parse(params.message) as { id?: number; result?: unknown };
      this.#pending.get(`${params.sessionId} ${id}`)?.(result);
    });
    await session.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
    for (const thread of this.#threads) {
      await thread("Profiler.enable");
      await thread("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    }
  }

  /** Since the last call, or since the beginning. */
  async take(): Promise<CallCounts> {
    const counts = new Map<string, Map<string, number>>();
    for (const thread of this.#threads) {
      const { result } = (await thread("Profiler.takePreciseCoverage")) as {
        result: Profiler.ScriptCoverage[];
      };
      for (const script of result) addScript(counts, script);
    }
    return counts;
  }

  end(): void {
    this.#session.disconnect();
  }

  #ask(sessionId: string, method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#messageCount;
    return new Promise((resolve, reject) => {
      this.#pending.set(`${sessionId} ${id}`, resolve);
      const message = JSON.stringify({ id, method, params });
      this.#session.post("NodeWorker.sendMessageToWorker", { sessionId, message }).catch(reject);
    });
  }
}

function addScript(
  counts: Map<string, Map<string, number>>,
  { url, functions }: Profiler.ScriptCoverage,
): void {
  const ofScript = counts.get(url) ?? new Map<string, number>();
  counts.set(url, ofScript);
  for (const { functionName, ranges } of functions) {
    const place = `${functionName}@${ranges[0]?.startOffset ?? 0}`;
    ofScript.set(place, (ofScript.get(place) ?? 0) + (ranges[0]?.count ?? 0));
  }
}
