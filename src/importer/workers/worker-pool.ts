import { availableParallelism } from "node:os";
import type { Clock } from "../../domain/time/clock.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import type { FileOutcome, FileSource } from "../protocol.ts";
import { ByteBudget, defaultImportMemory } from "./import-memory.ts";
import { PoolWorker, unprocessed, type Task } from "./pool-worker.ts";

export interface PoolOptions {
  /** The number of workers: by default one for each core, at most 8. */
  readonly size: number;
  /** Real time, also if the emulator's clock is moved. */
  readonly clock: Clock;
  /** How long a worker with a file may be silent before it is terminated: see `PoolWorkerOptions`. */
  readonly maxSilenceMs: number;
  /** How long a worker stays without work. */
  readonly idleMs: number;
}

const DEFAULTS: PoolOptions = {
  size: Math.min(availableParallelism(), 8),
  clock: systemClock,
  maxSilenceMs: 300_000,
  idleMs: 5_000,
};

interface IdleWorker {
  readonly worker: PoolWorker;
  /** Stops its idle timer. */
  readonly keep: () => void;
}

/**
 * Worker threads that turn DICOM files into instances and frames, one file a worker at a time, shared by the
 * emulators of a process: each is a client.
 *
 * Starting: a worker is started when a file finds none idle, or by `warmUp` when files are about to come: at a
 * write to a bucket and when a job is submitted, not at the start of an emulator, since it costs some 150 ms of
 * processor time (the thread, its code, the codec and its compilation) and many emulators never import.
 *
 * Staying: an idle worker holds 10 to 13 MB and lets the process exit. It ends after 5 seconds without work,
 * whether or not an emulator is open: a suite that opens and closes an emulator for each test keeps its workers,
 * and a server that has imported gives the memory back. None is kept for good, since `warmUp` brings one back
 * before the next import needs it.
 *
 * Order: clients take turns, one file each, so that a job of 5,000 files does not hold up another emulator's one.
 */
export class WorkerPool {
  readonly #entry: URL;
  readonly #options: PoolOptions;
  /** In the order of their turns: the client that was served last comes last. */
  readonly #clients: PoolClient[] = [];
  readonly #workers = new Set<PoolWorker>();
  /** The most recently used worker comes last and is used next, so that the others can expire. */
  readonly #idle: IdleWorker[] = [];
  /** As large as the largest request of an open client. */
  readonly #memory = new ByteBudget(() =>
    Math.max(0, ...this.#clients.map(({ maxMemoryBytes }) => maxMemoryBytes)),
  );

  /** @param entry the script of a worker */
  constructor(entry: URL, options: Partial<PoolOptions> = {}) {
    this.#entry = entry;
    this.#options = { ...DEFAULTS, ...options };
  }

  /**
   * How many workers may be started: the pool's default, or the largest number that an open client requests.
   */
  get size(): number {
    return Math.max(this.#options.size, ...this.#clients.map(({ size }) => size));
  }

  /** How many workers are running, busy or idle. */
  get workers(): number {
    return this.#workers.size;
  }

  /**
   * Creates a client; its `close` releases it.
   * @param limit of its files in progress; by default the pool's size
   * @param maxMemoryBytes of its frames in progress; by default half of the memory
   */
  acquire({
    spoolFolder,
    limit = this.#options.size,
    maxMemoryBytes = defaultImportMemory(),
  }: Acquisition): PoolClient {
    const client = new PoolClient(this, { spoolFolder, limit, maxMemoryBytes });
    this.#clients.push(client);
    return client;
  }

  release(client: PoolClient): void {
    const index = this.#clients.indexOf(client);
    if (index >= 0) this.#clients.splice(index, 1);
    this.dispatch();
  }

  /**
   * Assigns waiting files to workers while there are both. If no thread can be started, files wait for busy
   * workers; if there are none, the file fails.
   */
  dispatch(): void {
    while (this.#idle.length > 0 || this.#workers.size < this.size) {
      const client = this.#nextClient();
      if (client === undefined) return;
      const worker = this.#takeIdle() ?? this.#tryToStart();
      if (worker instanceof PoolWorker) client.begin(worker);
      else if (this.#workers.size > 0) return;
      else client.refuse(worker.message);
    }
  }

  /**
   * Prepares one worker for files that are about to arrive. In the background: the caller does not wait, and
   * the process may exit. An idle worker's idle timer starts again.
   */
  warmUp(): void {
    const { clock } = this.#options;
    const idle = this.#takeIdle();
    if (idle !== undefined) return this.#rest(idle);
    clock.schedule(0, () => {
      if (this.#workers.size > 0 || this.#clients.length === 0) return;
      const worker = this.#tryToStart();
      // The first file reports that a worker cannot be started.
      if (worker instanceof Error) return;
      worker.warmUp();
      this.#rest(worker);
    });
  }

  #nextClient(): PoolClient | undefined {
    const client = this.#clients.find(({ isReady }) => isReady);
    if (client === undefined) return undefined;
    this.#clients.splice(this.#clients.indexOf(client), 1);
    this.#clients.push(client);
    return client;
  }

  /** The system may refuse to start a thread. */
  #tryToStart(): PoolWorker | Error {
    const { clock, maxSilenceMs } = this.#options;
    const onIdle = (idle: PoolWorker): void => this.#rest(idle);
    const onGone = (gone: PoolWorker): void => this.#forget(gone);
    const memory = this.#memory;
    try {
      const worker = new PoolWorker(this.#entry, { clock, memory, maxSilenceMs, onIdle, onGone });
      this.#workers.add(worker);
      return worker;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #rest(worker: PoolWorker): void {
    const { clock, idleMs } = this.#options;
    this.#idle.push({ worker, keep: clock.schedule(idleMs, () => worker.terminate()) });
  }

  #takeIdle(): PoolWorker | undefined {
    const idle = this.#idle.pop();
    idle?.keep();
    return idle?.worker;
  }

  #forget(worker: PoolWorker): void {
    this.#workers.delete(worker);
    const index = this.#idle.findIndex((idle) => idle.worker === worker);
    if (index >= 0) this.#idle.splice(index, 1)[0]?.keep();
  }
}

type Acquisition = Pick<PoolClientOptions, "spoolFolder"> & Partial<PoolClientOptions>;

/** @throws TypeError for a number at which no file would ever be imported */
export function checkWorkers(workers: number | undefined): number | undefined {
  if (workers === undefined || (Number.isInteger(workers) && workers >= 1)) return workers;
  throw new TypeError(`workers expects a whole number from 1 on, got ${String(workers)}`);
}

const CLOSED = "the worker pool is closed";
const CANCELLED = "the file was abandoned";

interface OwnedTask extends Task {
  readonly owner: object | undefined;
  readonly abandon: (error: Error) => void;
}

export interface PoolClientOptions {
  /** How many of its files are imported at once, at most. */
  readonly limit: number;
  /** The emulator's folder for frames that will become blobs. */
  readonly spoolFolder: string;
  /** Bytes that its frames in progress may take together: see `FrameMemory`. */
  readonly maxMemoryBytes: number;
}

/**
 * One emulator's view of the pool: its queue, at most `size` files in progress, and frames in its own folder.
 * `cancel` and `close` do not affect other clients.
 */
export class PoolClient {
  readonly size: number;
  readonly maxMemoryBytes: number;
  readonly #pool: WorkerPool;
  readonly #spoolFolder: string;
  readonly #waiting: OwnedTask[] = [];
  readonly #inWork = new Map<OwnedTask, PoolWorker>();
  /** Every started task, until its writes have drained. */
  readonly #unfinished = new Set<Promise<void>>();
  #taskCount = 0;
  #isClosed = false;

  constructor(pool: WorkerPool, { limit, spoolFolder, maxMemoryBytes }: PoolClientOptions) {
    this.maxMemoryBytes = maxMemoryBytes;
    this.#pool = pool;
    this.size = limit;
    this.#spoolFolder = spoolFolder;
  }

  /** Running workers that may work for this client. */
  get workers(): number {
    return Math.min(this.#pool.workers, this.size);
  }

  /** Whether an idle worker could run a task of this client. */
  get isReady(): boolean {
    return this.#waiting.length > 0 && this.#inWork.size < this.size;
  }

  /** Announces that files are about to arrive: see `WorkerPool.warmUp`. */
  warmUp(): void {
    if (!this.#isClosed) this.#pool.warmUp();
  }

  /**
   * @param source bytes fill their buffer, which is transferred to the worker
   * @param onFrame receives the path of each frame as it is ready, before the outcome is known
   * @param owner can abandon the file by `cancel`
   * @throws if the client is closed, or the file was abandoned
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
      const { maxMemoryBytes } = this;
      const task: OwnedTask = { owner, source, spool, maxMemoryBytes, onFrame, settle, abandon };
      this.#waiting.push(task);
      this.#pool.dispatch();
    });
  }

  /** Gives the next task to an idle worker. Called by the pool if this client is ready. */
  begin(worker: PoolWorker): void {
    const task = this.#waiting.shift();
    if (task === undefined) return;
    this.#inWork.set(task, worker);
    const over = worker.run(task).finally(() => this.#unfinished.delete(over));
    this.#unfinished.add(over);
  }

  /** Fails the next task, for which a worker cannot be started. */
  refuse(cause: string): void {
    const failure = unprocessed(`a worker cannot be started: ${cause}`);
    this.#waiting.shift()?.settle({ kind: "failure", failure });
  }

  /** Abandons the files of an owner at once: they no longer wait for workers. */
  cancel(owner: object): void {
    this.#giveUp((task) => task.owner === owner, CANCELLED);
    this.#pool.dispatch();
  }

  /** Abandons all files. Resolves once no write to the spool folder is in flight, and the folder is empty. */
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
