import type { Blobs, StoredBlob } from "../blobs.ts";
import type { Clock } from "../time/clock.ts";
import { latestVersion, type ImageSet } from "../image-sets/image-set.ts";
import type { WrittenImageSet } from "../image-sets/image-sets.ts";
import type { ImportJob } from "./import-job.ts";
import type { Log } from "../log.ts";
import type { State } from "../state.ts";
import { storedMetadata } from "../image-sets/stored-blobs.ts";

interface RepeatedImportsDependencies {
  readonly state: State;
  readonly blobs: Pick<Blobs, "read">;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the service's release: what to say of them; null if they need no word. */
  readonly behaviours: { readonly repeatedInstances: string | null };
}

/** Cached UIDs: about 10 MB. */
const MAX_HELD_UIDS = 100_000;

/**
 * Finds import jobs with instances that their data store already had, or that one job had twice. The
 * service of May 2024 stores them again, in another image set; today's service merges them into the series'
 * image set (facts: import-jobs#repeated-imports).
 */
export class RepeatedImports {
  readonly #parts: RepeatedImportsDependencies;
  /** By job, if the data store already had its series. */
  readonly #counts = new Map<string, number | Promise<number>>();
  /** By the key of a metadata document, which never changes. */
  readonly #instances = new Map<string, ReadonlySet<string>>();

  constructor(parts: RepeatedImportsDependencies) {
    this.#parts = parts;
    parts.state.importJobs.follow({ put: () => {}, drop: ({ jobId }) => void this.#counts.delete(jobId) });
  }

  /** @param written the image sets that a job has just added to the state */
  jobImported({ jobId, datastoreId }: ImportJob, written: readonly WrittenImageSet[]): void {
    if (this.#parts.behaviours.repeatedInstances === null) return;
    const made = new Set(written.map(({ imageSetId }) => imageSetId));
    const seriesUIDs = new Set(written.map(({ dicomTags }) => dicomTags.DICOMSeriesInstanceUID));
    const older = [...this.#parts.state.imageSets.inDatastore(datastoreId)].filter((imageSet) => {
      const { imageSetState, dicomTags } = latestVersion(imageSet);
      const isOfSeries = seriesUIDs.has(dicomTags.DICOMSeriesInstanceUID);
      return isOfSeries && imageSetState !== "DELETED" && !made.has(imageSet.imageSetId);
    });
    const brought = written.flatMap(({ sopInstanceUIDs }) => sopInstanceUIDs);
    if (older.length === 0 && new Set(brought).size === brought.length) return;
    const counting = this.#parts.clock.during(this.#count(brought, older));
    this.#counts.set(jobId, counting);
    void counting.then((count) => this.#tell(jobId, count));
  }

  /** How many instances of a job already existed; resolves once they are counted. */
  async countOf(jobId: string): Promise<number> {
    return this.#counts.get(jobId) ?? 0;
  }

  /** As `countOf`, as far as they are counted. */
  countedOf(jobId: string): number {
    const count = this.#counts.get(jobId) ?? 0;
    return typeof count === "number" ? count : 0;
  }

  /** The message for a job that imported existing instances. */
  describe(count: number): string {
    const were = count === 1 ? "was" : "were";
    const { repeatedInstances } = this.#parts.behaviours;
    return `${count} of the imported instances ${were} imported before, or twice in the job: ${repeatedInstances}`;
  }

  async #count(brought: readonly string[], older: readonly ImageSet[]): Promise<number> {
    const isNew = new Set(brought);
    const twice = brought.length - isNew.size;
    for (const imageSet of older.toReversed()) {
      const there = await this.#instancesOf(storedMetadata(imageSet, latestVersion(imageSet)));
      for (const uid of isNew) if (there.has(uid)) isNew.delete(uid);
      if (isNew.size === 0) break;
    }
    return twice + new Set(brought).size - isNew.size;
  }

  /** None if the document cannot be read: its image set may have been deleted meanwhile. */
  async #instancesOf(stored: StoredBlob): Promise<ReadonlySet<string>> {
    const { key: metadataKey } = stored;
    const known = this.#instances.get(metadataKey);
    if (known !== undefined) return known;
    const bytes = await this.#parts.blobs.read(metadataKey, stored).catch(() => new Uint8Array());
    const uids = namedObjects(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#instances.set(metadataKey, uids);
    let held = 0;
    for (const [key, { size }] of [...this.#instances].toReversed()) {
      held += size;
      if (held > MAX_HELD_UIDS && key !== metadataKey) this.#instances.delete(key);
    }
    return uids;
  }

  #tell(jobId: string, count: number): void {
    if (count === 0) this.#counts.delete(jobId);
    else if (this.#counts.has(jobId)) this.#counts.set(jobId, count);
    if (count > 0) this.#parts.log.warn(`import job ${jobId}: ${this.describe(count)}`);
  }
}

/** The text between an instance's UID and its content, in documents written by the emulator. */
const BEHIND_NAME = '":{"DICOM":';

/**
 * The names of patient, study, series and instances in a metadata document, without parsing it, which would
 * take long for a large one. No JSON string contains this sequence, since quotes in strings are escaped.
 */
function namedObjects(document: Buffer): ReadonlySet<string> {
  const names = new Set<string>();
  let end = document.indexOf(BEHIND_NAME);
  while (end >= 0) {
    names.add(document.toString("latin1", document.lastIndexOf('"', end - 1) + 1, end));
    end = document.indexOf(BEHIND_NAME, end + BEHIND_NAME.length);
  }
  return names;
}
