import { Worker } from "node:worker_threads";
import { errorMessage } from "../../api/error-message.ts";
import { errorCode } from "../../api/error-code.ts";
import { toMessage } from "../../api/message.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { discardOrphans } from "./frame-spool.ts";
import { heapOfWorker, type ByteBudget } from "./import-memory.ts";
import type { FileFailure, FileOutcome, FileSource, Spool, WorkerReply, WorkerRequest } from "../protocol.ts";
import { keepWasmCode } from "./wasm-code.ts";

/** One file for a worker. */
export interface Task {
  /** Bytes have a separate buffer, which is transferred to the worker. */
  readonly source: FileSource;
  readonly spool: Spool;
  /** Memory that all in-flight files share, for frames that need permission. */
  readonly maxMemoryBytes: number;
  /**
   * Receives the path and the id of each frame as it is ready, before the outcome is known. While too many
   * promises are pending the worker makes no more frames: see `FrameCredit`.
   */
  readonly onFrame: (path: string, frameId: string) => Promise<void> | void;
  /** Called once, unless the worker is terminated first. */
  readonly settle: (outcome: FileOutcome) => void;
}

export interface PoolWorkerOptions {
  /** Real time, also if the emulator's clock is moved. */
  readonly clock: Clock;
  /** Bytes of all workers' frames in flight. */
  readonly memory: ByteBudget;
  /**
   * How long a worker with a task may be silent before it is terminated. The largest frame takes a tenth of
   * that time.
   */
  readonly maxSilenceMs: number;
  /** The worker is ready for the next task. */
  readonly onIdle: (worker: PoolWorker) => void;
  /** The worker accepts no more tasks: it has ended, or is ending. May be called more than once. */
  readonly onGone: (worker: PoolWorker) => void;
}

type SpooledFrame = Extract<WorkerReply, { kind: "frame" }>;

interface Assignment {
  readonly task: Task;
  /** How many frames were passed on. */
  frameCount: number;
  /** When the worker last sent a message, in milliseconds of the clock. */
  heardMs: number;
  /** The worker has not sent a message about the task yet. */
  isUnheard: boolean;
  /** It waits for memory, and sends nothing. */
  isWaiting: boolean;
  /** The thread is being terminated: its messages are dropped. */
  isGivenUp: boolean;
  /** Stops the silence timer. */
  unwatch: () => void;
  readonly resolveOver: () => void;
}

/**
 * One worker thread. It has at most one task at a time, and keeps the process alive only while it has one. If
 * the thread dies or is silent for too long, its task fails.
 */
export class PoolWorker {
  readonly #worker: Worker;
  readonly #options: PoolWorkerOptions;
  /** From `run` until the outcome, or until the thread has exited. */
  #assignment: Assignment | undefined;
  #exitCause = "stopped";
  /** The thread has waited for a task, and may have ended meanwhile. */
  #hasBeenIdle = false;
  /** Releases the memory that the thread holds or waits for. */
  #releaseMemory = (): void => {};

  /** @param entry the script of the thread */
  constructor(entry: URL, options: PoolWorkerOptions) {
    keepWasmCode();
    this.#options = options;
    // Without the flags of the process: one such as --input-type would end every worker at its start.
    this.#worker = new Worker(entry, {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapOfWorker() },
    });
    this.#worker.unref();
    this.#worker.on("message", (reply: WorkerReply) => this.#receive(reply));
    this.#worker.on("error", (error) => {
      this.#exitCause = causeOf(error);
    });
    this.#worker.on("exit", () => this.#exit());
  }

  /** Loads and compiles the thread's codec while no file waits for it. */
  warmUp(): void {
    this.#hasBeenIdle = true;
    const request: WorkerRequest = { kind: "warm-up" };
    this.#worker.postMessage(request, []);
  }

  /**
   * Runs a task; only on an idle worker.
   * @returns resolves once the task's writes have drained and its unclaimed frames are deleted
   */
  run(task: Task): Promise<void> {
    const { promise: over, resolve: resolveOver } = Promise.withResolvers<void>();
    const heardMs = this.#options.clock.now();
    const begun = { frameCount: 0, heardMs, isUnheard: true, isWaiting: false, isGivenUp: false };
    this.#assignment = { task, ...begun, unwatch: () => {}, resolveOver };
    this.#worker.ref();
    this.#watch(this.#assignment, this.#options.maxSilenceMs);
    this.#send(this.#assignment);
    return over;
  }

  /** Ends the thread at once. Its task gets no outcome. */
  terminate(): void {
    if (this.#assignment !== undefined) {
      this.#assignment.isGivenUp = true;
      this.#assignment.unwatch();
    }
    this.#options.onGone(this);
    void this.#worker.terminate();
  }

  #send(assignment: Assignment): void {
    const { source, spool, maxMemoryBytes } = assignment.task;
    const request: WorkerRequest = { kind: "file", source, spool, maxMemoryBytes };
    try {
      this.#worker.postMessage(request, "bytes" in source ? [source.bytes.buffer as ArrayBuffer] : []);
    } catch (error) {
      // Bytes that cannot be transferred, such as those that were already transferred.
      this.#finish(assignment, { kind: "failure", failure: unprocessed(String(error)) });
    }
  }

  #receive(reply: WorkerReply): void {
    const assignment = this.#assignment;
    if (assignment === undefined || assignment.isGivenUp) return;
    assignment.heardMs = this.#options.clock.now();
    assignment.isUnheard = false;
    if (reply.kind === "memory") return this.#takeMemory(assignment, reply.byteLength);
    if (reply.kind !== "frame") return this.#finish(assignment, reply, reply.isWornOut);
    assignment.frameCount += 1;
    void this.#handOn(assignment, reply);
  }

  #takeMemory(assignment: Assignment, byteLength: number): void {
    const { memory, clock } = this.#options;
    this.#releaseMemory();
    assignment.isWaiting = true;
    this.#releaseMemory = memory.request(byteLength, () => {
      assignment.isWaiting = false;
      assignment.heardMs = clock.now();
      const request: WorkerRequest = { kind: "memory-granted" };
      this.#worker.postMessage(request, []);
    });
  }

  /** A frame that could not be stored is removed from the spool folder too. */
  async #handOn(assignment: Assignment, { path, frameId }: SpooledFrame): Promise<void> {
    await Promise.allSettled([assignment.task.onFrame(path, frameId)]);
    // The worker may have been silent because it waited for this.
    assignment.heardMs = this.#options.clock.now();
    const request: WorkerRequest = { kind: "frame-taken" };
    this.#worker.postMessage(request, []);
  }

  #finish(assignment: Assignment, outcome: FileOutcome, isWornOut = false): void {
    this.#assignment = undefined;
    assignment.unwatch();
    assignment.resolveOver();
    this.#worker.unref();
    this.#hasBeenIdle = true;
    // The codec's memory never shrinks: after a huge frame a new worker is cheaper.
    if (isWornOut) this.terminate();
    else {
      this.#releaseMemory();
      this.#options.onIdle(this);
    }
    assignment.task.settle(outcome);
  }

  #watch(assignment: Assignment, delayMs: number): void {
    const { clock, maxSilenceMs } = this.#options;
    assignment.unwatch = clock.schedule(delayMs, () => {
      const leftMs = assignment.isWaiting ? maxSilenceMs : assignment.heardMs + maxSilenceMs - clock.now();
      if (leftMs > 0) return this.#watch(assignment, leftMs);
      this.terminate();
      const failure = unprocessed(`its worker did not respond for ${maxSilenceMs / 1000} seconds`);
      assignment.task.settle({ kind: "failure", failure });
    });
  }

  #exit(): void {
    const assignment = this.#assignment;
    this.#assignment = undefined;
    this.#releaseMemory();
    this.#options.onGone(this);
    if (assignment === undefined) return;
    assignment.unwatch();
    discardOrphans(assignment.task.spool, assignment.frameCount);
    assignment.resolveOver();
    if (assignment.isGivenUp) return;
    const kind = this.#hasBeenIdle && assignment.isUnheard ? "lost" : "failure";
    assignment.task.settle({ kind, failure: unprocessed(this.#exitCause) });
  }
}

function causeOf(error: unknown): string {
  if (errorCode(error) === "ERR_WORKER_OUT_OF_MEMORY")
    return `its metadata needs more than the ${heapOfWorker()} MiB that a worker has`;
  return errorMessage(error);
}

export const unprocessed = (cause: string): FileFailure => ({
  exceptionType: "InternalServerException",
  message: toMessage(`The file could not be processed: ${cause}`),
});
