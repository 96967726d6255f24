import { parseS3Folder } from "../api/s3-uri.ts";
import { frameKey, type Blobs } from "../domain/blobs.ts";
import type { CreateId } from "../domain/ids.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { ImportLimits } from "../domain/import-limits.ts";
import type { Log } from "../domain/log.ts";
import type { ObjectStore, ObjectSummary } from "../domain/objects.ts";
import { allEnded } from "./all-ended.ts";
import type { FileFailure, ImportedInstance } from "./protocol.ts";
import type { WorkerPool } from "./worker-pool.ts";

export interface FileParts {
  readonly objects: ObjectStore;
  readonly blobs: Blobs;
  readonly createId: CreateId;
  readonly workers: WorkerPool;
  readonly log: Log;
  readonly limits: ImportLimits;
  /** Aborted when the job is given up. */
  readonly signal: AbortSignal;
}

/** A file that became an instance, or why it did not; a failure has left no frames. */
export type StoredFile =
  | { readonly kind: "instance"; readonly instance: ImportedInstance; readonly frameIds: readonly string[] }
  | { readonly kind: "failure"; readonly failure: FileFailure };

/** Reads a file of the input folder, has it imported and keeps its frames. */
export async function storeFile(
  { objects, blobs, createId, workers, log, limits, signal }: FileParts,
  { datastoreId, inputS3Uri }: ImportJob,
  { key, byteLength }: ObjectSummary,
): Promise<StoredFile> {
  if (byteLength > limits.maxFileBytes) return tooLarge(byteLength, limits.maxFileBytes);
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
  const bytes = await readObject({ objects, log }, parseS3Folder(inputS3Uri).bucket, key);
  if (bytes === undefined) return { kind: "failure", failure: UNREADABLE };
  signal.throwIfAborted();
  const outcome = await workers.process(bytes, keepFrame, signal);
  await allEnded(writes);
  if (outcome.kind === "instance") return { ...outcome, frameIds };
  await removeFrames(blobs, datastoreId, frameIds);
  return outcome;
}

export async function removeFrames(
  blobs: Blobs,
  datastoreId: string,
  frameIds: readonly string[],
): Promise<void> {
  await Promise.all(frameIds.map((frameId) => blobs.remove(frameKey(datastoreId, frameId))));
}

/** Assumed: the limit of a file costs that file, not the job; it is refused unread. */
const tooLarge = (byteLength: number, limit: number): StoredFile => ({
  kind: "failure",
  failure: {
    exceptionType: "ValidationException",
    message: `The file has ${byteLength} bytes, at most ${limit} are allowed`,
  },
});

const UNREADABLE: FileFailure = {
  exceptionType: "InternalServerException",
  message: "The file could not be read from the input bucket",
};

/** In a buffer of its own, to be handed to a worker. */
async function readObject(
  { objects, log }: Pick<FileParts, "objects" | "log">,
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
