import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import pLimit from "p-limit";
import { errorCode } from "../api/error-code.ts";
import type { Clock } from "../domain/time/clock.ts";
import type { Log } from "../domain/log.ts";
import { NEXT_JOB_STATUS } from "../domain/import-jobs/import-job.ts";
import type { RestoreReport, SaveOptions, SnapshotSummary } from "../domain/snapshot.ts";
import type { FolderBuckets } from "../aws/s3/folder-buckets.ts";
import {
  bringsBuckets,
  carryBuckets,
  checkSavedBuckets,
  placeBuckets,
  saveBuckets,
  SavedBucketsError,
} from "../aws/s3/bucket-snapshots.ts";
import { reasonOf } from "../storage/files/errno-messages.ts";
import { DiskSpace } from "../storage/snapshots/disk-space.ts";
import type { Storage } from "../storage/storage.ts";
import { SnapshotError } from "../storage/snapshots/snapshot-error.ts";
import type { Snapshots } from "../storage/snapshots/snapshots.ts";
import type { LiveInstance } from "./live-instance.ts";

interface SnapshotActionsDependencies {
  readonly liveInstance: LiveInstance;
  readonly snapshots: Snapshots;
  readonly buckets: FolderBuckets;
  readonly clock: Clock;
}

/** The actions on snapshots, one at a time. */
export class SnapshotActions {
  readonly #parts: SnapshotActionsDependencies;
  readonly #limit = pLimit(1);

  constructor(parts: SnapshotActionsDependencies) {
    this.#parts = parts;
  }

  list(): Promise<SnapshotSummary[]> {
    return this.#parts.snapshots.list();
  }

  find(name: string): Promise<SnapshotSummary> {
    return this.#parts.snapshots.find(name);
  }

  /** @throws SnapshotError if import jobs are in progress, unless forced, or if the name is taken */
  save(name: string, { buckets = false, force = false, replace = false }: SaveOptions) {
    const { liveInstance, snapshots } = this.#parts;
    return this.#limit(async () => {
      await snapshots.checkFree(name, replace);
      if (!force) this.#requireNoJobs();
      const extra = async (folder: string): Promise<number | null> =>
        buckets ? saveBuckets(this.#parts.buckets, folder) : null;
      const savedAt = this.#now();
      const captured = await snapshots.capture(() => liveInstance.current.generation, extra);
      return snapshots.keep(name, captured, { savedAt, replace });
    });
  }

  /** @throws SnapshotError; then nothing has changed */
  restore(name: string): Promise<RestoreReport> {
    const { liveInstance, snapshots } = this.#parts;
    return this.#limit(async () => liveInstance.restore(await snapshots.stage(name, carry)));
  }

  remove(name: string): Promise<void> {
    return this.#limit(() => this.#parts.snapshots.remove(name));
  }

  export(name: string): Promise<Readable> {
    return this.#parts.snapshots.export(name);
  }

  /**
   * Other actions do not wait for the sender of the file.
   * @throws SnapshotError; then nothing has changed
   */
  async import(name: string, bytes: AsyncIterable<Uint8Array>, replace: boolean): Promise<SnapshotSummary> {
    const { snapshots } = this.#parts;
    await snapshots.checkFree(name, replace);
    const received = await snapshots.receive(bytes, (folder) => refusing(() => checkSavedBuckets(folder)));
    return this.#limit(() => snapshots.keep(name, received, { savedAt: this.#now(), replace }));
  }

  /** Serves the content of a file without keeping it as a snapshot. */
  async begin(file: string): Promise<void> {
    const content = await this.#parts.snapshots.stageFile(createReadStream(file), carry);
    await this.#parts.liveInstance.restore(content);
  }

  #requireNoJobs(): void {
    const jobs = [...this.#parts.liveInstance.current.state.importJobs.values()];
    const count = jobs.filter(({ jobStatus }) => NEXT_JOB_STATUS[jobStatus].length > 0).length;
    if (count === 0) return;
    const are = count === 1 ? "1 import job is" : `${count} import jobs are`;
    throw new SnapshotError(
      "SnapshotConflict",
      `${are} in progress: wait, or save with force; they restart when the snapshot is restored`,
    );
  }

  #now(): Date {
    return new Date(this.#parts.clock.now());
  }
}

const carry = (from: string, to: string): Promise<void> =>
  refusing(async () => carryBuckets(from, to, await DiskSpace.of(to)));

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SavedBucketsError)) throw error;
    throw new SnapshotError("InvalidSnapshot", `the snapshot cannot be used: ${error.message}`, {
      cause: error,
    });
  }
}

interface Beginning {
  readonly storage: Storage;
  readonly bucketsFolder: string;
  readonly buckets: FolderBuckets;
  readonly snapshots: SnapshotActions;
  readonly seed: string | undefined;
  readonly log: Log;
}

/** Completes what a kill interrupted, and loads the seed if there is no data. @throws SnapshotError */
export async function beginWith({ storage, bucketsFolder, buckets, snapshots, seed, log }: Beginning) {
  await storage.snapshots.recover();
  if (bringsBuckets(storage.generation.folder)) {
    await buckets.readyToEmpty();
    const { temp } = placeBuckets(storage.generation.folder, bucketsFolder, buckets);
    for (const path of temp) storage.remove(path);
  }
  if (seed === undefined) return;
  if ([...storage.generation.state.datastores.values()].length > 0)
    return log.info("seed: data stores exist, nothing is loaded");
  const found = await stat(seed).catch((error: unknown) => {
    const reason = errorCode(error) === "ENOENT" ? "it does not exist" : reasonOf(error);
    throw new SnapshotError("InvalidSnapshot", `seed expects the file of a snapshot, got ${seed}: ${reason}`);
  });
  if (!found.isFile())
    throw new SnapshotError(
      "InvalidSnapshot",
      `seed expects the file of a snapshot, got ${seed}, which is not a file`,
    );
  await snapshots.begin(seed);
  log.info(`seed: ${seed} is loaded`);
}
