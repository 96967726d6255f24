import { toMessage } from "../api/message.ts";
import { parseS3Folder, type S3Location } from "../api/s3-uri.ts";
import { frameKey, metadataKey, type Blobs } from "../domain/blobs.ts";
import type { CreateId } from "../domain/ids.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { Log } from "../domain/log.ts";
import type { MetadataDocument } from "../domain/metadata-document.ts";
import type { ObjectStore, ObjectSummary } from "../domain/objects.ts";
import { groupInstances, writeDocument, type StoredInstance } from "./group.ts";
import type { FileFailure } from "./protocol.ts";
import { writeReport, type JobResult } from "./report.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** What ends a whole job as FAILED, with the message that its properties show. */
export class JobError extends Error {}

export interface ImportParts {
  readonly objects: ObjectStore;
  readonly blobs: Blobs;
  readonly createId: CreateId;
  readonly workers: WorkerPool;
  readonly log: Log;
  /** Kept up to date while the job runs. */
  readonly progress: Progress;
}

export interface Progress {
  filesFound: number;
  filesDone: number;
}

/**
 * Does the work of one job: lists the input folder, imports each file, groups the instances, and
 * writes frames, metadata documents and the report. Answers the documents of the new image sets,
 * which are nobody's until the caller puts them into the state: where it does not, it removes the blobs.
 * @throws JobError where the job as a whole cannot be done
 */
export async function runImport(parts: ImportParts, job: ImportJob): Promise<MetadataDocument[]> {
  const { objects } = parts;
  const output = parseS3Folder(job.outputS3Uri);
  await requireBucket(objects, "Output", output.bucket);
  await requireBucket(objects, "Input", parseS3Folder(job.inputS3Uri).bucket);
  requireRoom(objects, output);
  const { instances, failures } = await importFiles(parts, job);
  const { documents, result } = await writeImageSets(parts, job, instances);
  for (const { path, content } of writeReport(job, { ...result, failures })) {
    await objects.write(output.bucket, output.prefix + path, Buffer.from(content));
  }
  return documents;
}

/** Before the work, not after it. */
function requireRoom(objects: ObjectStore, { bucket, prefix }: S3Location): void {
  try {
    objects.checkRoom(bucket, `${prefix}job-output-manifest.json`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JobError(toMessage(`The output folder cannot be written to: ${reason}`), { cause: error });
  }
}

async function requireBucket(objects: ObjectStore, role: string, bucket: string): Promise<void> {
  if (!(await objects.bucketExists(bucket))) throw new JobError(`${role} bucket ${bucket} does not exist`);
}

interface Imported {
  readonly instances: readonly StoredInstance[];
  readonly failures: JobResult["failures"];
}

/** Imports every file of the input folder, one more at a time than there are workers. */
async function importFiles(parts: ImportParts, job: ImportJob): Promise<Imported> {
  const outcomes: (StoredInstance | FailedFile)[] = [];
  const files = listFiles(parts.objects, job);
  const cancelled = new AbortController();
  const lane = async (): Promise<void> => {
    for (let next = await files.next(); !next.done; next = await files.next()) {
      if (cancelled.signal.aborted) return;
      const { index, key } = next.value;
      parts.progress.filesFound += 1;
      outcomes[index] = await importOne(parts, job, key);
      parts.progress.filesDone += 1;
    }
  };
  const cancel = (error: unknown): never => {
    cancelled.abort();
    throw error;
  };
  // When one fails, the others end the file they have: nothing is written after this.
  await allEnded(Array.from({ length: parts.workers.size + 1 }, () => lane().catch(cancel)));
  return {
    instances: outcomes.filter((outcome): outcome is StoredInstance => !isFailed(outcome)),
    failures: outcomes.filter(isFailed),
  };
}

/** Waits for all, whatever becomes of each, then throws what the first of those that failed threw. */
async function allEnded(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

interface FailedFile {
  readonly inputFile: string;
  readonly failure: FileFailure;
}

const isFailed = (outcome: StoredInstance | FailedFile): outcome is FailedFile => "failure" in outcome;

/** Folder markers are no files. */
async function* listFiles(
  objects: ObjectStore,
  job: ImportJob,
): AsyncGenerator<ObjectSummary & { index: number }> {
  const { bucket, prefix } = parseS3Folder(job.inputS3Uri);
  let index = 0;
  for await (const object of objects.list(bucket, prefix)) {
    if (!object.key.endsWith("/")) yield { ...object, index: index++ };
  }
}

async function importOne(
  { objects, blobs, createId, workers, log }: ImportParts,
  { datastoreId, inputS3Uri }: ImportJob,
  inputFile: string,
): Promise<StoredInstance | FailedFile> {
  const frameIds: string[] = [];
  const writes: Promise<void>[] = [];
  const keepFrame = (codestream: Uint8Array): void => {
    const frameId = createId();
    frameIds.push(frameId);
    const write = blobs.write(frameKey(datastoreId, frameId), codestream);
    // Awaited below; until then a failed write is no unhandled rejection.
    write.catch(() => {});
    writes.push(write);
  };
  const bytes = await readObject({ objects, log }, parseS3Folder(inputS3Uri).bucket, inputFile);
  if (bytes === undefined) return { inputFile, failure: UNREADABLE };
  const outcome = await workers.process(bytes, keepFrame);
  await allEnded(writes);
  if (outcome.kind === "instance") return { ...outcome.instance, inputFile, frameIds };
  await Promise.all(frameIds.map((frameId) => blobs.remove(frameKey(datastoreId, frameId))));
  return { inputFile, failure: outcome.failure };
}

const UNREADABLE: FileFailure = {
  exceptionType: "InternalServerException",
  message: "The file could not be read from the input bucket",
};

/** In a buffer of its own, to be handed to a worker. */
async function readObject(
  { objects, log }: Pick<ImportParts, "objects" | "log">,
  bucket: string,
  key: string,
): Promise<Uint8Array | undefined> {
  try {
    const bytes = await objects.read(bucket, key);
    return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  } catch (error) {
    log.error("a file of an import could not be read", error);
    return undefined;
  }
}

async function writeImageSets(
  { blobs, createId }: ImportParts,
  { datastoreId }: ImportJob,
  instances: readonly StoredInstance[],
): Promise<{ documents: MetadataDocument[]; result: Pick<JobResult, "successes" | "imageSets"> }> {
  const documents: MetadataDocument[] = [];
  const imageSets: { imageSetId: string; instanceCount: number }[] = [];
  const imageSetIds = new Map<StoredInstance, string>();
  for (const group of groupInstances(instances)) {
    const imageSetId = createId();
    const document = writeDocument(datastoreId, imageSetId, group);
    await blobs.write(metadataKey(datastoreId, imageSetId, 1), Buffer.from(JSON.stringify(document)));
    documents.push(document);
    imageSets.push({ imageSetId, instanceCount: group.length });
    for (const instance of group) imageSetIds.set(instance, imageSetId);
  }
  const successes = instances.map((instance) => ({
    inputFile: instance.inputFile,
    imageSetId: imageSetIds.get(instance) ?? "",
  }));
  return { documents, result: { successes, imageSets } };
}
