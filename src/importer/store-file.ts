import pLimit from "p-limit";
import { frameKey, type Blobs, type StoredBlob } from "../domain/blobs.ts";
import type { ImportJob, JobFolders } from "../domain/import-jobs/import-job.ts";
import type { ImportLimits } from "../domain/import-jobs/import-limits.ts";
import type { Log } from "../domain/log.ts";
import type { ObjectSource, ObjectStore, ObjectSummary } from "../domain/objects.ts";
import { discardFrame } from "./workers/frame-spool.ts";
import type { FileBehaviours, FileFailure, FileOutcome, ImportedInstance } from "./protocol.ts";
import type { ByteBudget } from "./workers/import-memory.ts";
import type { PoolClient } from "./workers/worker-pool.ts";

export interface StoreFileDependencies {
  readonly folders: JobFolders;
  readonly objects: ObjectStore;
  readonly blobs: Blobs;
  readonly workers: PoolClient;
  readonly log: Log;
  readonly limits: ImportLimits;
  /** Aborted once the job is abandoned. */
  readonly signal: AbortSignal;
  /** The files that are being read, or soon will be, of all jobs. */
  readonly fileBudget: ByteBudget;
  readonly behaviours: FileBehaviours;
}

/** A file that became an instance, or why it did not; a failure leaves no frames. */
export type StoredFile =
  | { readonly kind: "instance"; readonly instance: ImportedInstance }
  | { readonly kind: "failure"; readonly failure: FileFailure };

/** Imports a file of the input folder and stores its frames. */
export async function storeFile(
  parts: StoreFileDependencies,
  job: ImportJob,
  { key, byteLength, fault }: ObjectSummary,
): Promise<StoredFile> {
  const { limits, fileBudget, workers } = parts;
  if (fault !== undefined) return unreadable(fault);
  if (byteLength > limits.maxFileBytes) return tooLarge(byteLength, limits.maxFileBytes);
  if (byteLength > Math.max(workers.maxMemoryBytes, ALWAYS_READ_BYTES))
    return tooMuchMemory(byteLength, workers.maxMemoryBytes);
  return fileBudget.during(byteLength, () => storeAllowedFile(parts, job, key));
}

async function storeAllowedFile(
  { folders, objects, blobs, workers, log, limits, signal, behaviours }: StoreFileDependencies,
  { datastoreId }: ImportJob,
  key: string,
): Promise<StoredFile> {
  signal.throwIfAborted();
  const frameIds: string[] = [];
  const writes: Promise<void>[] = [];
  const keepFrame = (path: string, frameId: string): Promise<void> => {
    frameIds.push(frameId);
    const write = take(blobs, frameKey(datastoreId, frameId), path);
    // Awaited below; until then a failed write is not an unhandled rejection.
    write.catch(() => {});
    writes.push(write);
    return write;
  };
  const processOnce = async (): Promise<FileOutcome> => {
    const source = await locate(objects, folders.input.bucket, key);
    signal.throwIfAborted();
    if ("kind" in source) return source;
    const { maxMetadataBytes } = limits;
    const file = {
      ...source,
      maxMetadataBytes,
      behaviours: ofFile(behaviours),
    };
    return settled(workers.process(file, keepFrame, signal), writes);
  };
  let outcome = await processOnce();
  // Its bytes are lost with the worker, so they are read again.
  if (outcome.kind === "lost") outcome = await processOnce();
  await Promise.all(writes);
  if (outcome.kind === "instance") return outcome;
  await removeFrames(blobs, datastoreId, frameIds);
  if (outcome.kind === "failure") return outcome;
  if (outcome.kind === "lost") return { kind: "failure", failure: outcome.failure };
  if (outcome.kind === "unwritable") throw new Error(`a frame could not be stored: ${outcome.cause}`);
  log.error("a file of an import could not be read", outcome.cause);
  return { kind: "failure", failure: UNREADABLE };
}

/** What a worker needs of them: a message contains them. */
const ofFile = ({
  imageSetGrouping,
  valueLimits,
  importWarnings,
  keptOriginals,
  storedFrames,
}: FileBehaviours): FileBehaviours => ({
  imageSetGrouping,
  valueLimits,
  importWarnings,
  keptOriginals,
  storedFrames,
});

/** The outcome of a file, once its writes have drained, even if it was abandoned. */
async function settled<T>(work: Promise<T>, writes: readonly Promise<void>[]): Promise<T> {
  try {
    return await work;
  } finally {
    await Promise.allSettled(writes);
  }
}

/** A frame that cannot be stored, or whose job was abandoned, is deleted. */
async function take(blobs: Blobs, key: string, path: string): Promise<void> {
  try {
    await blobs.take(key, path);
  } catch (error) {
    await discardFrame(path);
    throw error;
  }
}

export async function removeFrames(
  blobs: Blobs,
  datastoreId: string,
  frameIds: readonly string[],
): Promise<void> {
  await Promise.all(frameIds.map((frameId) => blobs.remove(frameKey(datastoreId, frameId))));
}

/** Assumed: too-large-file. The size limit of a file fails that file, not the job; it is refused unread. */
const tooLarge = (byteLength: number, limit: number): StoredFile => ({
  kind: "failure",
  failure: {
    exceptionType: "ValidationException",
    message: `The file has ${byteLength} bytes, at most ${limit} are allowed`,
  },
});

/** A file is read whole. Up to this size it is read whatever memory imports may take. */
const ALWAYS_READ_BYTES = 512 * 2 ** 20;

const tooMuchMemory = (byteLength: number, maxBytes: number): StoredFile => {
  const [needed, allowed] = [byteLength, maxBytes].map((bytes) => Math.ceil(bytes / 2 ** 20));
  const message = `The file needs ${needed} MiB to import, and imports have ${allowed} MiB: raise --import-memory`;
  return { kind: "failure", failure: { exceptionType: "InternalServerException", message } };
};

export const unreadable = (fault: string): Extract<StoredFile, { kind: "failure" }> => ({
  kind: "failure",
  failure: { exceptionType: "InternalServerException", message: `Not read from the input bucket: ${fault}` },
});

export const UNREADABLE: FileFailure = {
  exceptionType: "InternalServerException",
  message: "The file could not be read from the input bucket",
};

/** Bytes in a separate buffer, to be transferred to a worker. */
async function locate(
  objects: ObjectStore,
  bucket: string,
  key: string,
): Promise<ObjectSource | Extract<FileOutcome, { kind: "unreadable" }>> {
  try {
    const source = await objects.locate(bucket, key);
    if ("path" in source || source.bytes.byteLength === source.bytes.buffer.byteLength) return source;
    return { bytes: new Uint8Array(source.bytes) };
  } catch (error) {
    return { kind: "unreadable", cause: String(error) };
  }
}

/** Concurrent writes of one job: a file with many frames produces them faster than disks store them. */
const MAX_CONCURRENT_WRITES = 32;

/** Tracks writes, so that a failed job leaves no blobs. */
export class WrittenBlobs implements Blobs {
  readonly #blobs: Blobs;
  readonly #limit = pLimit(MAX_CONCURRENT_WRITES);
  /** The writes that have started. */
  readonly #writes = new Map<string, Promise<void>>();
  #isAborted = false;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  read(key: string, stored?: StoredBlob): Promise<Uint8Array> {
    return this.#blobs.read(key, stored);
  }

  /** @throws if it has been aborted */
  write(key: string, bytes: Uint8Array): Promise<void> {
    return this.#begin(key, () => this.#blobs.write(key, bytes));
  }

  /** @throws if it has been aborted */
  take(key: string, path: string): Promise<void> {
    return this.#begin(key, () => this.#blobs.take(key, path));
  }

  remove(key: string): Promise<void> {
    this.#writes.delete(key);
    return this.#blobs.remove(key);
  }

  /** As `remove`, for what nothing refers to: if it cannot be removed, it stays. */
  async discard(key: string): Promise<void> {
    await this.remove(key).catch(() => {});
  }

  #begin(key: string, work: () => Promise<void>): Promise<void> {
    return this.#limit(() => {
      if (this.#isAborted) throw new Error("the job has been stopped");
      const write = work();
      this.#writes.set(key, write);
      return write;
    });
  }

  /** Starts no more writes: those that wait fail at once. */
  abort(): void {
    this.#isAborted = true;
  }

  /** Also what is still being written. What cannot be removed stays: nothing refers to it. */
  async removeAll(): Promise<void> {
    await Promise.allSettled(this.#writes.values());
    await Promise.allSettled([...this.#writes.keys()].map((key) => this.#blobs.remove(key)));
  }
}
