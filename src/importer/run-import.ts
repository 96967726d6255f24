import type { Scope } from "../api/arns.ts";
import type { BucketOwners } from "../domain/import-jobs/bucket-owner.ts";
import type { CreateId } from "../domain/ids.ts";
import type { ImportJob, JobFolders } from "../domain/import-jobs/import-job.ts";
import type { ImportLimits } from "../domain/import-jobs/import-limits.ts";
import type { ObjectStore, ObjectSummary } from "../domain/objects.ts";
import type { WrittenImageSet } from "../domain/image-sets/image-sets.ts";
import type { Clock } from "../domain/time/clock.ts";
import { checkBuckets } from "./check-buckets.ts";
import type { FilesInHand } from "./files-in-hand.ts";
import { ImageSetDrafts, type ImageSetDraft } from "./image-set-drafts.ts";
import { JobError, orJobError } from "./job-error.ts";
import { writeReport, type ReportDependencies } from "./job-report.ts";
import type { Ledger } from "./job-report.ts";
import type { FileFailure } from "./protocol.ts";
import { MetadataFiles, missingMetadataFile } from "./metadata-files.ts";
import { rejectDraft } from "./merges/draft-outcome.ts";
import type { JobMerge } from "./merges/job-merge.ts";
import { storeFile, type StoreFileDependencies } from "./store-file.ts";

const MAX_FRUITLESS_DEATHS = 3;

export interface ImportParts extends StoreFileDependencies, ReportDependencies {
  readonly clock: Clock;
  readonly objects: ObjectStore;
  readonly behaviours: StoreFileDependencies["behaviours"] & ReportDependencies["behaviours"];
  /** Of a service that merges imports. */
  readonly merge?: JobMerge | undefined;
  readonly createId: CreateId;
  readonly bucketOwners: BucketOwners;
  /** Kept up to date while the job runs. */
  readonly ledger: Ledger;
  readonly inHand: FilesInHand;
  /** Ends the job early. */
  readonly signal: AbortSignal;
  /** Called for each file, in the order of their keys: a returned failure refuses it, unread. */
  readonly failFile?: (job: ImportJob, key: string) => FileFailure | undefined;
}

/**
 * Performs one job: lists the input folder, imports each file, groups the instances, and writes frames,
 * metadata documents and the report. Returns the new image sets. The caller adds them to the state, or
 * removes their blobs.
 * @param importing account and region of the job's data store
 * @throws JobError if the job as a whole fails
 */
export async function runImport(
  parts: ImportParts,
  job: ImportJob,
  importing: Scope,
): Promise<WrittenImageSet[]> {
  const { clock, merge } = parts;
  const { maxMetadataBytes } = parts.limits;
  const { prefix } = parts.folders.input;
  const { valueLimits } = parts.behaviours;
  const metadata =
    job.importConfiguration === undefined
      ? undefined
      : new MetadataFiles(job, { prefix, maxMetadataBytes, valueLimits });
  const drafts = await clock.during(importInput(parts, job, importing, metadata));
  const written =
    merge === undefined
      ? await clock.during(finishDrafts(parts, drafts))
      : await merge.perform(drafts, { maxMetadataBytes, ...(metadata && { metadata }) });
  await clock.during(reportResult(parts, job));
  return written;
}

/** As the end of `runImport`, for a job whose merge is outdated. */
export async function repeatMerge(
  parts: Pick<ImportParts, "clock" | "folders" | "ledger" | "signal"> & ReportDependencies,
  merge: JobMerge,
  job: ImportJob,
): Promise<WrittenImageSet[]> {
  const written = await merge.repeat();
  await parts.clock.during(reportResult(parts, job));
  return written;
}

const reportResult = (
  parts: Pick<ImportParts, "folders" | "ledger" | "signal"> & ReportDependencies,
  job: ImportJob,
): Promise<void> => writeReport(parts, job, parts.folders.output, parts.ledger.result(), parts.signal);

/** The instances of all files, grouped. Files whose image set would be too large have failed. */
async function importInput(
  parts: ImportParts,
  job: ImportJob,
  importing: Scope,
  metadata: MetadataFiles | undefined,
): Promise<ImageSetDraft[]> {
  const { folders, objects, limits, ledger, blobs, createId } = parts;
  checkDeaths(parts.inHand);
  await checkBuckets(parts, job, importing);
  const files = await scanInput(objects, folders.input, limits);
  const missing = metadata?.missingIn(files) ?? [];
  ledger.open([...files.map(({ key }) => key), ...missing]);
  for (const position of missing.keys()) {
    ledger.fail(files.length + position, missingMetadataFile());
    ledger.countDone();
  }
  const { datastoreId } = job;
  const { maxMetadataBytes } = limits;
  const replacesRepeated = parts.merge !== undefined;
  const drafts = new ImageSetDrafts({ datastoreId, maxMetadataBytes, blobs, createId, replacesRepeated });
  await importFiles(parts, job, files, { drafts, metadata });
  const [tooLarge = [], others = []] = [true, false].map((isTooLarge) =>
    drafts.all().filter((draft) => draft.isTooLarge === isTooLarge),
  );
  for (const draft of tooLarge) await rejectDraft(parts, draft, tooMuchMetadata(draft, maxMetadataBytes));
  return others;
}

/** Retrying would not help: the cause is the same for every file. */
function checkDeaths({ deaths }: FilesInHand): void {
  if (deaths.fruitlessDeaths < MAX_FRUITLESS_DEATHS) return;
  throw new JobError(
    `The emulator's process ended ${deaths.fruitlessDeaths} times in a row during this job, ` +
      "each time without a further finished file",
  );
}

/**
 * Lists the files of the input folder, in the order of their keys, including unreadable ones; folder markers
 * are not files. Stops listing where a limit is exceeded.
 * @throws JobError
 */
export function scanInput(
  objects: Pick<ObjectStore, "list">,
  { bucket, prefix }: JobFolders["input"],
  limits: ImportLimits,
): Promise<ObjectSummary[]> {
  return orJobError("The input folder cannot be listed", async () => {
    const files: ObjectSummary[] = [];
    const folders = new Set<string>();
    let totalBytes = 0;
    for await (const { key, byteLength, fault } of objects.list(bucket, prefix)) {
      addFolders(folders, prefix, key);
      if (fault !== undefined) files.push({ key, byteLength, fault });
      else if (!key.endsWith("/")) {
        files.push({ key, byteLength });
        totalBytes += byteLength;
      }
      checkLimits(limits, files.length, folders.size, totalBytes);
    }
    return files;
  });
}

/** Adds the folders between the input folder and the key. */
function addFolders(folders: Set<string>, prefix: string, key: string): void {
  for (let end = key.lastIndexOf("/"); end >= prefix.length; end = key.lastIndexOf("/", end - 1)) {
    const folder = key.slice(0, end + 1);
    if (folders.has(folder)) return; // Its parents are already counted too.
    folders.add(folder);
  }
}

/**
 * Assumed: exceeded-job-limits. The names after the first, of which a part was seen
 * (facts: import-jobs#message-of-a-failed-job), and all messages are ours.
 */
function checkLimits(limits: ImportLimits, files: number, folders: number, totalBytes: number): void {
  if (files > limits.maxFiles) throw exceeded("FILE_COUNTS", `more than ${limits.maxFiles} files`);
  if (folders > limits.maxFolders) throw exceeded("FOLDER_COUNTS", `more than ${limits.maxFolders} folders`);
  if (totalBytes > limits.maxTotalBytes)
    throw exceeded("FILE_SIZES", `more than ${limits.maxTotalBytes} bytes`);
}

const exceeded = (limit: string, found: string): JobError =>
  new JobError(`${limit}_LIMIT_EXCEEDED: the input folder has ${found}`);

/** What files become part of. */
interface Destination {
  readonly drafts: ImageSetDrafts;
  readonly metadata: MetadataFiles | undefined;
}

/**
 * Imports every file, as many at once as there are workers; as many more are being read or written. Files
 * that were in flight when an earlier process died come last, so that the others are complete if one of them
 * ends this process too.
 */
async function importFiles(
  parts: ImportParts,
  job: ImportJob,
  files: readonly ObjectSummary[],
  into: Destination,
): Promise<void> {
  const cancelled = new AbortController();
  const { suspects } = parts.inHand.deaths;
  const queue = [...files.entries()]
    .toSorted(([, a], [, b]) => Number(suspects.has(a.key)) - Number(suspects.has(b.key)))
    .values();
  const lane = async (): Promise<void> => {
    for (const [index, file] of queue) {
      if (cancelled.signal.aborted) return;
      parts.signal.throwIfAborted();
      await parts.inHand.during(file.key, () => importOne(parts, job, into, index, file));
      parts.ledger.countDone();
    }
    parts.inHand.endFiles();
  };
  const cancel = (error: unknown): never => {
    cancelled.abort();
    throw error;
  };
  // If one fails, the others complete their current file: nothing is written after this.
  await allEnded(Array.from({ length: parts.workers.size * 2 + 1 }, () => lane().catch(cancel)));
}

/** Waits for all tasks, then throws the first failure. */
async function allEnded(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

async function importOne(
  parts: ImportParts,
  job: ImportJob,
  { drafts, metadata }: Destination,
  index: number,
  file: ObjectSummary,
): Promise<void> {
  parts.signal.throwIfAborted();
  const isCulprit = parts.inHand.deaths.culprits.has(file.key);
  const failure = parts.failFile?.(job, file.key) ?? (isCulprit ? ENDED_THE_PROCESS : undefined);
  if (failure !== undefined) return parts.ledger.fail(index, failure);
  if (metadata?.has(file.key) === true) return readMetadataFile(parts, metadata, index, file);
  const stored = await storeFile(parts, job, file);
  if (stored.kind === "failure") parts.ledger.fail(index, stored.failure);
  else await drafts.add({ ...stored.instance, index });
}

async function readMetadataFile(
  { objects, folders, ledger }: ImportParts,
  metadata: MetadataFiles,
  index: number,
  file: ObjectSummary,
): Promise<void> {
  const failure = await metadata.read(objects, folders.input.bucket, index, file);
  if (failure !== undefined) ledger.fail(index, failure);
}

const ENDED_THE_PROCESS: FileFailure = {
  exceptionType: "InternalServerException",
  message: "The emulator's process ended while it imported only this file: the file is not tried again",
};

async function finishDrafts(
  { blobs, ledger }: ImportParts,
  drafts: readonly ImageSetDraft[],
): Promise<WrittenImageSet[]> {
  const written: WrittenImageSet[] = [];
  for (const draft of drafts) {
    written.push(await draft.finish(blobs));
    const imageSet = { imageSetId: draft.imageSetId, imageSetVersion: 1, isPrimary: false };
    for (const { index, warnings } of draft.instances()) ledger.succeed(index, imageSet, warnings);
  }
  return written;
}

/** Assumed: too-much-metadata. Metadata above the limit fails the files of that image set, not the job. */
const tooMuchMetadata = ({ byteLength }: ImageSetDraft, limit: number): FileFailure => ({
  exceptionType: "ValidationException",
  message: `The metadata of its image set has ${byteLength} bytes, at most ${limit} are allowed`,
});
