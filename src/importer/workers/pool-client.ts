import { unprocessed, type PoolWorker, type Task } from "./pool-worker.ts";
import type { FileOutcome, FileSource } from "../protocol.ts";

const CLOSED = "the worker pool is closed";
const CANCELLED = "the file was given up";

interface OwnedTask extends Task {
  readonly owner: object | undefined;
  readonly abandon: (error: Error) => void;
}

/** What a client needs of its pool. */
interface Dispatcher {
  /** Workers that are started. */
  readonly workers: number;
  /** Gives waiting tasks to idle workers, of all clients. */
  dispatch(): void;
  warmUp(): void;
  release(client: PoolClient): void;
}

export interface PoolClientOptions {
  /** Of its files in work at once. */
  readonly limit: number;
  /** The folder of this emulator for frames on their way to be blobs. */
  readonly spoolFolder: string;
  /** Bytes that its frames in work may take together: see `FrameMemory`. */
  readonly maxMemoryBytes: number;
}

/**
 * The part of the pool that one emulator sees: a queue of its own, at most `size` files in work, and frames in
 * its own folder. Neither `cancel` nor `close` touches the work of another client.
 */
export class PoolClient {
  readonly size: number;
  readonly maxMemoryBytes: number;
  readonly #pool: Dispatcher;
  readonly #spoolFolder: string;
  readonly #waiting: OwnedTask[] = [];
  readonly #inWork = new Map<OwnedTask, PoolWorker>();
  /** Of every task that has begun, until nothing of it is being written. */
  readonly #unfinished = new Set<Promise<void>>();
  #taskCount = 0;
  #isClosed = false;

  constructor(pool: Dispatcher, { limit, spoolFolder, maxMemoryBytes }: PoolClientOptions) {
    this.maxMemoryBytes = maxMemoryBytes;
    this.#pool = pool;
    this.size = limit;
    this.#spoolFolder = spoolFolder;
  }

  /** Workers that are started and may work for this client. */
  get workers(): number {
    return Math.min(this.#pool.workers, this.size);
  }

  /** Whether a worker that is free could have a task of this client. */
  get isReady(): boolean {
    return this.#waiting.length > 0 && this.#inWork.size < this.size;
  }

  /** Says that files are about to come: see `WorkerPool.warmUp`. */
  warmUp(): void {
    if (!this.#isClosed) this.#pool.warmUp();
  }

  /**
   * @param source bytes are alone in their buffer, which goes to the worker
   * @param onFrame gets the path of each frame as it is ready, before the outcome is known
   * @param owner can give the file up by `cancel`
   * @throws where the client is closed, or the file was given up
   */
  process(source: FileSource, onFrame: Task["onFrame"], owner?: object): Promise<FileOutcome> {
    return new Promise((resolve, abandon) => {
      if (this.#isClosed) return abandon(new Error(CLOSED));
      this.#taskCount += 1;
      const spool = { spoolFolder: this.#spoolFolder, spoolName: `task-${this.#taskCount}` };
      const settle = (outcome: FileOutcome): void => {
        this.#inWork.delete(task);
        resolve(outcome);
        this.#pool.dispatch();
      };
      const task: OwnedTask = {
        owner,
        source,
        spool,
        maxMemoryBytes: this.maxMemoryBytes,
        onFrame,
        settle,
        abandon,
      };
      this.#waiting.push(task);
      this.#pool.dispatch();
    });
  }

  /** Gives the next task to an idle worker. Called by the pool, when this client is ready. */
  begin(worker: PoolWorker): void {
    const task = this.#waiting.shift();
    if (task === undefined) return;
    this.#inWork.set(task, worker);
    const over = worker.run(task).finally(() => this.#unfinished.delete(over));
    this.#unfinished.add(over);
  }

  /** Fails the next task, for which no worker can be started. */
  refuse(cause: string): void {
    const failure = unprocessed(`no worker can be started: ${cause}`);
    this.#waiting.shift()?.settle({ kind: "failure", failure });
  }

  /** Gives up the files of an owner at once: whoever waits for workers does not wait for those. */
  cancel(owner: object): void {
    this.#giveUp((task) => task.owner === owner, CANCELLED);
    this.#pool.dispatch();
  }

  /** Gives up all files. Resolves when nothing is written to the spool folder, and nothing is left there. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#giveUp(() => true, CLOSED);
    this.#pool.release(this);
    await Promise.all(this.#unfinished);
  }

  #giveUp(isMeant: (task: OwnedTask) => boolean, reason: string): void {
    for (const task of this.#waiting.filter(isMeant)) {
      this.#waiting.splice(this.#waiting.indexOf(task), 1);
      task.abandon(new Error(reason));
    }
    for (const [task, worker] of [...this.#inWork].filter(([busy]) => isMeant(busy))) {
      this.#inWork.delete(task);
      worker.terminate();
      task.abandon(new Error(reason));
    }
  }
}
