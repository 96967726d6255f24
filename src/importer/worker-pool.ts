import { Worker } from "node:worker_threads";
import { toMessage } from "../api/message.ts";
import type { FileFailure, ImportedInstance, WorkerReply } from "./protocol.ts";

/** What became of one file; a `failure` has left no frame that counts. */
export type FileOutcome =
  | { readonly kind: "instance"; readonly instance: ImportedInstance }
  | { readonly kind: "failure"; readonly failure: FileFailure };

const CLOSED = "the worker pool is closed";

interface Task {
  readonly bytes: Uint8Array;
  readonly onFrame: (codestream: Uint8Array) => void;
  readonly settle: (outcome: FileOutcome) => void;
  readonly abandon: (error: Error) => void;
}

/**
 * Worker threads that turn the bytes of a DICOM file into an instance and its frames, one file a
 * worker at a time. They are started when there is work. One that dies costs the file it had.
 */
export class WorkerPool {
  readonly size: number;
  readonly #entry: URL;
  readonly #waiting: Task[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Task>();
  #isClosed = false;

  /** @param entry the script that a worker runs */
  constructor(entry: URL, size: number) {
    this.#entry = entry;
    this.size = size;
  }

  get workers(): number {
    return this.#idle.length + this.#busy.size;
  }

  /**
   * @param bytes alone in their buffer, which goes to the worker
   * @param onFrame is given each frame as it is ready, before the outcome is known
   * @throws where the pool has been closed
   */
  process(bytes: Uint8Array, onFrame: Task["onFrame"]): Promise<FileOutcome> {
    return new Promise((settle, abandon) => {
      if (this.#isClosed) return abandon(new Error(CLOSED));
      this.#waiting.push({ bytes, onFrame, settle, abandon });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const tasks = [...this.#waiting.splice(0), ...this.#busy.values()];
    for (const { abandon } of tasks) abandon(new Error(CLOSED));
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#isClosed || this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? (this.#busy.size < this.size ? this.#start() : undefined);
    const task = worker === undefined ? undefined : this.#waiting.shift();
    if (worker === undefined || task === undefined) return;
    this.#busy.set(worker, task);
    worker.ref();
    try {
      worker.postMessage({ bytes: task.bytes }, [task.bytes.buffer as ArrayBuffer]);
    } catch (error) {
      // Bytes that cannot be handed over, such as those that were handed over before.
      this.#receive(worker, { kind: "failure", failure: unprocessed(String(error)), isWornOut: false });
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#entry);
    let cause = "stopped";
    worker.on("message", (reply: WorkerReply) => this.#receive(worker, reply));
    worker.on("error", (error) => {
      cause = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => this.#bury(worker, cause));
    return worker;
  }

  #receive(worker: Worker, reply: WorkerReply): void {
    const task = this.#busy.get(worker);
    if (reply.kind === "frame") return task?.onFrame(reply.codestream);
    this.#busy.delete(worker);
    worker.unref();
    // The codec's memory never shrinks: after a huge frame a new worker is cheaper.
    if (reply.isWornOut) void worker.terminate();
    else this.#idle.push(worker);
    task?.settle(reply);
    this.#next();
  }

  #bury(worker: Worker, cause: string): void {
    const task = this.#busy.get(worker);
    this.#busy.delete(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#isClosed) return;
    task?.settle({ kind: "failure", failure: unprocessed(cause) });
    this.#next();
  }
}

const unprocessed = (cause: string): FileFailure => ({
  exceptionType: "InternalServerException",
  message: toMessage(`The file could not be processed: ${cause}`),
});
