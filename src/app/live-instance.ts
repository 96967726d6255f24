import type { HttpResponse } from "../api/http.ts";
import type { Log } from "../domain/log.ts";
import type { Resettable, ResetOptions, ResetReport } from "../domain/resettable.ts";
import type { RestoreReport } from "../domain/snapshot.ts";
import type { OperationContext } from "../healthimaging/http/medical-imaging.ts";
import type { FolderBuckets } from "../aws/s3/folder-buckets.ts";
import { bringsBuckets, placeBuckets } from "../aws/s3/bucket-snapshots.ts";
import type { Generation, GenerationContent } from "../storage/generation.ts";
import type { Storage } from "../storage/storage.ts";
import { Instance } from "./instance.ts";
import type { SharedParts } from "./instance-parts.ts";

interface LiveInstanceDependencies {
  readonly storage: Storage;
  readonly buckets: FolderBuckets;
  readonly bucketsFolder: string;
  readonly log: Log;
}

/**
 * What every instance is built from, and what every reset resets: these parts may read the current instance.
 */
interface Started {
  readonly sharedParts: SharedParts;
  readonly resettables: readonly Resettable[];
  current: Instance;
}

interface Ended {
  readonly old: Instance;
  readonly ended: Promise<void>;
}

interface Replaced {
  readonly generation: Generation;
  readonly cancelledJobs: number;
  readonly ended: Ended;
}

/** Holds the served instance. A reset replaces it in one step. */
export class LiveInstance {
  readonly #parts: LiveInstanceDependencies;
  #started: Started | undefined;
  #isServing = false;
  /** Set until the requested resets are complete. */
  #resetting: Promise<void> | undefined;
  /** Work of replaced instances that has not drained: it may still write to the folder. */
  readonly #draining = new Set<Promise<void>>();
  /**
   * Data stores of accounts that were reset, until that is stored; each with a promise that resolves when its
   * files are no longer used.
   */
  readonly #dropped = new Map<string, Promise<void>>();

  constructor(parts: LiveInstanceDependencies) {
    this.#parts = parts;
  }

  /** Builds the first instance; until then there is no current instance. */
  start(sharedParts: SharedParts, resettables: readonly Resettable[]): void {
    const current = new Instance(sharedParts, this.#parts.storage.generation);
    this.#started = { sharedParts, resettables, current };
  }

  get current(): Instance {
    return this.#running.current;
  }

  get #running(): Started {
    if (this.#started === undefined) throw new Error("the first instance has not started");
    return this.#started;
  }

  /**
   * Performs a request on the current instance, and counts it until its answer is sent. Requests that arrive
   * during a reset wait for it.
   */
  async run(perform: (context: OperationContext) => Promise<HttpResponse>): Promise<HttpResponse> {
    while (this.#resetting !== undefined) await this.#resetting;
    const { requests, context } = this.current;
    return requests.count(perform(context));
  }

  /**
   * Resets everything, or what belongs to one account. Resolves when none of it is left, or none will be
   * after a restart; files are deleted in the background.
   * @throws if the folder cannot be written to; then nothing has changed
   */
  reset({ account, buckets = false }: ResetOptions = {}): Promise<ResetReport> {
    return this.#inTurn(() =>
      account === undefined ? this.#resetAll(buckets) : this.#resetAccount(account),
    );
  }

  /**
   * Replaces the served instance, in one step, by one that starts with the given content. The shared parts
   * stay unchanged: clock, durations, limits, scenarios.
   * @throws if the folder cannot be written to; then nothing has changed
   */
  restore(content: GenerationContent): Promise<RestoreReport> {
    return this.#inTurn(async () => {
      const { storage, buckets } = this.#parts;
      await buckets.readyToEmpty();
      const { generation, cancelledJobs, ended } = this.#replace(content);
      this.#removeAfter(ended);
      try {
        const report = { epoch: generation.number, cancelledJobs };
        if (!bringsBuckets(generation.folder)) return report;
        const { placed, kept, temp } = placeBuckets(generation.folder, this.#parts.bucketsFolder, buckets);
        for (const path of temp) storage.remove(path);
        return { ...report, buckets: { placed, kept } };
      } finally {
        if (this.#isServing) this.current.resume();
      }
    });
  }

  /** Resumes work that a stop of the process interrupted; from now on, restored instances resume theirs at once. */
  resume(): void {
    this.#isServing = true;
    this.current.resume();
  }

  async #inTurn<Report>(work: () => Promise<Report>): Promise<Report> {
    const before = this.#resetting;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    this.#resetting = over;
    try {
      await before;
      return await work();
    } finally {
      if (this.#resetting === over) this.#resetting = undefined;
      resolve();
    }
  }

  async close(): Promise<void> {
    await this.#resetting;
    await Promise.all([this.current.stop(), ...this.#draining]);
  }

  async #resetAll(isWithBuckets: boolean): Promise<ResetReport> {
    const { storage, buckets } = this.#parts;
    if (isWithBuckets) await buckets.readyToEmpty();
    // Synchronous from here: no request sees a part of it.
    const { generation, cancelledJobs, ended } = this.#replace();
    const emptied = isWithBuckets ? buckets.empty() : undefined;
    for (const part of this.#running.resettables) await part.reset();
    this.#removeAfter(ended);
    if (emptied === undefined) return { epoch: generation.number, cancelledJobs };
    const { removed, kept, temp } = emptied;
    for (const path of temp) storage.remove(path);
    return { epoch: generation.number, cancelledJobs, buckets: { removed, kept } };
  }

  /** Ends the old instance; its files stay until it has ended. */
  #replace(content?: GenerationContent): Replaced {
    const generation = this.#parts.storage.beginGeneration(content);
    const old = this.current;
    const cancelledJobs = old.importer.jobIds.length;
    this.#running.current = new Instance(this.#running.sharedParts, generation);
    this.#dropped.clear();
    const ended = this.#drain(old);
    old.generation.seal();
    return { generation, cancelledJobs, ended: { old, ended } };
  }

  #drain(old: Instance): Promise<void> {
    const ended = old.end();
    const drained = ended.catch(() => {}).finally(() => this.#draining.delete(drained));
    this.#draining.add(drained);
    return ended;
  }

  #removeAfter({ old, ended }: Ended): void {
    this.#afterwards(Promise.all([ended, old.quiet(), old.state.durable()]), () => old.generation.remove());
  }

  async #resetAccount(account: string): Promise<ResetReport> {
    const { generation } = this.current;
    const { datastoreIds, cancelledJobs, ended } = this.current.dropAccount(account);
    for (const part of this.#running.resettables) part.resetAccount?.(account);
    for (const id of datastoreIds) this.#dropped.set(id, ended);
    // If the disk is full, the next reset that is stored deletes the files of this one too.
    await generation.state.durable();
    for (const [id, over] of this.#dropped) this.#afterwards(over, () => generation.removeDatastore(id));
    this.#dropped.clear();
    return { epoch: generation.number, cancelledJobs, account, datastores: datastoreIds.length };
  }

  #afterwards(ended: Promise<unknown>, remove: () => void): void {
    ended.then(remove, (error: unknown) => {
      this.#parts.log.error("the instance before a reset did not end cleanly", error);
      remove();
    });
  }
}
