import type { HttpResponse } from "../api/http.ts";
import type { Log } from "../domain/log.ts";
import type { Resettable, ResetOptions, ResetReport } from "../domain/reset.ts";
import type { Scene } from "../gateway/medical-imaging.ts";
import type { FolderBuckets } from "../s3/folder-buckets.ts";
import type { Storage } from "../storage/open-storage.ts";
import { World, type Lasting } from "./world.ts";

interface Parts {
  readonly lasting: Lasting;
  readonly storage: Storage;
  readonly buckets: FolderBuckets;
  readonly resettables: readonly Resettable[];
  readonly log: Log;
}

/** The world that is served, one after the other: a reset puts a new one in its place in one step. */
export class Worlds {
  readonly #parts: Parts;
  #current: World;
  /** Until the resets that were asked for are over. */
  #resetting: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#current = new World(parts.lasting, parts.storage.epoch);
  }

  get current(): World {
    return this.#current;
  }

  /** Who comes during a reset is served after it. */
  async use(perform: (scene: Scene) => Promise<HttpResponse>): Promise<HttpResponse> {
    while (this.#resetting !== undefined) await this.#resetting;
    return this.#current.use(perform);
  }

  /**
   * Takes everything, or what belongs to one account, back to the start. Resolves when nothing of it
   * is there any more, or will be after a restart; files are deleted behind the back.
   * @throws where the folder cannot be written to; then nothing has changed
   */
  async reset({ account, buckets = false }: ResetOptions = {}): Promise<ResetReport> {
    const before = this.#resetting;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    this.#resetting = over;
    try {
      await before;
      return await (account === undefined ? this.#resetAll(buckets) : this.#resetAccount(account));
    } finally {
      if (this.#resetting === over) this.#resetting = undefined;
      resolve();
    }
  }

  async close(): Promise<void> {
    await this.#resetting;
    await this.#current.stop();
  }

  async #resetAll(isWithBuckets: boolean): Promise<ResetReport> {
    const { lasting, storage, buckets, resettables } = this.#parts;
    if (isWithBuckets) await buckets.readyToEmpty();
    // In one turn from here: nobody sees a part of it.
    const epoch = storage.beginEpoch();
    const old = this.#current;
    const cancelledJobs = old.importer.jobIds.length;
    this.#current = new World(lasting, epoch);
    const ended = old.end();
    old.epoch.seal();
    const emptied = isWithBuckets ? buckets.empty() : undefined;
    await Promise.all(resettables.map(async (part) => part.reset()));
    this.#afterwards(Promise.all([ended, old.quiet(), old.state.durable()]), () => old.epoch.remove());
    if (emptied === undefined) return { epoch: epoch.number, cancelledJobs };
    const { removed, kept, aside } = emptied;
    for (const path of aside) storage.remove(path);
    return { epoch: epoch.number, cancelledJobs, buckets: { removed, kept } };
  }

  async #resetAccount(account: string): Promise<ResetReport> {
    const { epoch } = this.#current;
    const { datastoreIds, cancelledJobs, ended } = this.#current.dropAccount(account);
    for (const part of this.#parts.resettables) part.resetAccount?.(account);
    await epoch.state.durable();
    this.#afterwards(ended, () => datastoreIds.forEach((id) => epoch.removeDatastore(id)));
    return { epoch: epoch.number, cancelledJobs, account, datastores: datastoreIds.length };
  }

  #afterwards(ended: Promise<unknown>, remove: () => void): void {
    ended.then(remove, (error: unknown) => {
      this.#parts.log.error("what a reset threw away did not end as it should", error);
      remove();
    });
  }
}
