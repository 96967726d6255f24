import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** The ids of the requested image set and frame. */
export interface LightClientPlace {
  readonly url: string;
  readonly datastoreId: string;
  readonly imageSetId: string;
  readonly imageFrameId: string;
}

/** Since the figures were last read. */
export interface LightClientReport {
  readonly milliseconds: readonly number[];
  /** Calls that were not answered as they should be. */
  readonly failures: readonly string[];
}

/** GetImageSet and GetImageFrame in turn, from a thread of its own: what the soak itself does is not in its figures. */
export class LightClient {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Resolves after its first two calls. */
  static async start(place: LightClientPlace): Promise<LightClient> {
    const worker = new Worker(new URL("./light-client-thread.ts", import.meta.url), { workerData: place });
    await once(worker, "message");
    return new LightClient(worker);
  }

  /** What happened since the last report; an in-flight call counts for the next one. */
  async report(): Promise<LightClientReport> {
    this.#worker.postMessage("report", []);
    const [report] = (await once(this.#worker, "message")) as [LightClientReport];
    return report;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
