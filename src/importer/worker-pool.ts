import { randomBytes } from "node:crypto";
import { Worker } from "node:worker_threads";
import { toMessage } from "../api/message.ts";
import type { Clock } from "../domain/clock.ts";
import { systemClock } from "../domain/system-clock.ts";
import type { ObjectSource } from "../domain/objects.ts";
import { discardUnheard } from "./frame-spool.ts";
import type { FileFailure, FileOutcome, WorkerData, WorkerReply } from "./protocol.ts";
import { keepWasmCode } from "./wasm-code.ts";

const CLOSED = "the worker pool is closed";
const CANCELLED = "the file was given up";

interface Task {
  readonly owner: object | undefined;
  readonly source: ObjectSource;
  readonly onFrame: (path: string) => void;
  readonly settle: (outcome: FileOutcome) => void;
  readonly abandon: (error: Error) => void;
  /** When its worker was last heard of. */
  heardMs: number;
  unwatch: () => void;
}

export interface PoolOptions {
  /** Where workers put frames down. */
  readonly spoolFolder: string;
  /** Real time, whatever time the emulator shows. */
  readonly clock: Clock;
  /** How long a worker may say nothing before it is given up: the largest frame takes a tenth of it. */
  readonly maxSilenceMs: number;
}

const DEFAULTS = { clock: systemClock, maxSilenceMs: 300_000 };

/**
 * Worker threads that turn the bytes of a DICOM file into an instance and its frames, one file a
 * worker at a time. They are started when there is work. One that dies, or that is not heard of for
 * too long, costs the file it had.
 */
export class WorkerPool {
  readonly size: number;
  readonly #entry: URL;
  readonly #options: PoolOptions;
  readonly #waiting: Task[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Task>();
  /** The end of each worker that has begun. */
  readonly #ends = new Set<Promise<unknown>>();
  /** How many frames of each worker were handed on. */
  readonly #heard = new Map<Worker, number>();
  #isClosed = false;

  /** @param entry the script that a worker runs */
  constructor(entry: URL, size: number, options: Pick<PoolOptions, "spoolFolder"> & Partial<PoolOptions>) {
    this.#entry = entry;
    this.#options = { ...DEFAULTS, ...options };
    this.size = size;
  }

  get workers(): number {
    return this.#idle.length + this.#busy.size;
  }

  /**
   * @param source bytes are alone in their buffer, which goes to the worker
   * @param onFrame is given the file of each frame as it is ready, before the outcome is known
   * @param owner can give the file up by `cancel`
   * @throws where the pool has been closed, or the file was given up
   */
  process(source: ObjectSource, onFrame: Task["onFrame"], owner?: object): Promise<FileOutcome> {
    return new Promise((settle, abandon) => {
      if (this.#isClosed) return abandon(new Error(CLOSED));
      this.#waiting.push({ owner, source, onFrame, settle, abandon, heardMs: 0, unwatch: () => {} });
      this.#next();
    });
  }

  /** Gives up an owner's files, at once: who waits for workers does not wait for those. */
  cancel(owner: object): void {
    const isOwn = (task: Task): boolean => task.owner === owner;
    for (const task of this.#waiting.filter(isOwn)) {
      this.#waiting.splice(this.#waiting.indexOf(task), 1);
      task.abandon(new Error(CANCELLED));
    }
    for (const [worker, task] of [...this.#busy].filter(([, busy]) => isOwn(busy))) {
      // A reply that is on its way is nobody's any more.
      worker.removeAllListeners("message");
      this.#busy.delete(worker);
      task.unwatch();
      task.abandon(new Error(CANCELLED));
      void worker.terminate();
    }
    while (this.#waiting.length > 0 && this.#busy.size < this.size) this.#next();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const tasks = [...this.#waiting.splice(0), ...this.#busy.values()];
    for (const { abandon, unwatch } of tasks) {
      unwatch();
      abandon(new Error(CLOSED));
    }
    for (const worker of [...this.#idle, ...this.#busy.keys()]) void worker.terminate();
    await Promise.all(this.#ends);
  }

  #next(): void {
    if (this.#isClosed || this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? (this.#busy.size < this.size ? this.#start() : undefined);
    const task = worker === undefined ? undefined : this.#waiting.shift();
    if (worker === undefined || task === undefined) return;
    this.#busy.set(worker, task);
    worker.ref();
    this.#hear(task);
    this.#watchOver(worker, task, this.#options.maxSilenceMs);
    try {
      const { source } = task;
      worker.postMessage(source, "bytes" in source ? [source.bytes.buffer as ArrayBuffer] : []);
    } catch (error) {
      // Bytes that cannot be handed over, such as those that were handed over before.
      this.#receive(worker, { kind: "failure", failure: unprocessed(String(error)), isWornOut: false });
    }
  }

  #start(): Worker {
    keepWasmCode();
    const { spoolFolder } = this.#options;
    const workerData: WorkerData = { spoolFolder, spoolName: randomBytes(8).toString("hex") };
    // Not the process's own flags: one such as --input-type would end every worker at its start.
    const worker = new Worker(this.#entry, { execArgv: [], workerData });
    let cause = "stopped";
    worker.on("message", (reply: WorkerReply) => this.#receive(worker, reply));
    worker.on("error", (error) => {
      cause = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", () => {
      discardUnheard(workerData, this.#heard.get(worker) ?? 0);
      this.#heard.delete(worker);
      this.#bury(worker, cause);
    });
    const end = new Promise((resolve) => worker.once("exit", resolve)).finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    return worker;
  }

  #receive(worker: Worker, reply: WorkerReply): void {
    const task = this.#busy.get(worker);
    if (task !== undefined) this.#hear(task);
    if (reply.kind === "frame") return this.#handOn(worker, task, reply.path);
    this.#busy.delete(worker);
    task?.unwatch();
    worker.unref();
    // The codec's memory never shrinks: after a huge frame a new worker is cheaper.
    if (reply.isWornOut) void worker.terminate();
    else this.#idle.push(worker);
    task?.settle(reply);
    this.#next();
  }

  /** What is nobody's any more goes when its worker ends. */
  #handOn(worker: Worker, task: Task | undefined, path: string): void {
    if (task === undefined) return;
    this.#heard.set(worker, (this.#heard.get(worker) ?? 0) + 1);
    task.onFrame(path);
  }

  #hear(task: Task): void {
    task.heardMs = this.#options.clock.now();
  }

  #watchOver(worker: Worker, task: Task, delayMs: number): void {
    const { clock, maxSilenceMs } = this.#options;
    task.unwatch = clock.schedule(delayMs, () => {
      const leftMs = task.heardMs + maxSilenceMs - clock.now();
      if (leftMs > 0) return this.#watchOver(worker, task, leftMs);
      this.#bury(worker, `its worker was not heard of for ${maxSilenceMs / 1000} seconds`);
      void worker.terminate();
    });
  }

  #bury(worker: Worker, cause: string): void {
    const task = this.#busy.get(worker);
    this.#busy.delete(worker);
    task?.unwatch();
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
