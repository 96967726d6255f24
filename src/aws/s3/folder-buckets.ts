import { randomBytes } from "node:crypto";
import { readdirSync, realpathSync, statSync } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Clock } from "../../domain/time/clock.ts";
import type { ObjectSource, ObjectStore, ObjectSummary } from "../../domain/objects.ts";
import type { EmptiedBuckets } from "../../domain/resettable.ts";
import { copyToNewFile } from "../../storage/files/new-file.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import { checkBucketName, isBucketName } from "./bucket-names.ts";
import { isAbsence, noSuchBucket, noSuchKey, S3Error } from "./s3-error.ts";
import { isEmptyFolder, locate, writablePathOf, statIfPresent, undefinedIfAbsent } from "./key-paths.ts";
import { isMarker } from "./object-keys.ts";
import { infoIfPresent, type ListPage, listPage, type ListQuery } from "./list-page.ts";
import { MultipartUploads } from "./multipart-uploads.ts";
import { bearsKey, deleteObject, type Permit, placeObject } from "./object-files.ts";
import { objectInfoOf, type ObjectInfo } from "./object-info.ts";
import { removeEmptyBucket } from "./remove-bucket.ts";
import { type ByteSource, UploadArea } from "./upload-area.ts";
import { type Unreadable, walkBucket } from "./walk.ts";
import { errorCode } from "../../api/error-code.ts";

export interface BucketInfo {
  readonly name: string;
  readonly createdMs: number;
}

/** An open object. Its bytes stay the same while it is read, even if the key is overwritten. */
export interface OpenObject {
  readonly info: ObjectInfo;
  /** Both ends are included. Closes the object once it has been read or destroyed. */
  stream(first: number, last: number): Readable;
  /** For callers that open it and do not stream. */
  close(): Promise<void>;
}

const permitAll: Permit = () => {};

/**
 * Buckets whose objects are plain files: `s3://bucket/key` is `<root>/bucket/key`, and a file that is put
 * there is an object at once. A key that ends in `/` is a folder marker: it exists as long as the folder is
 * empty. Objects appear whole: they are written in `<root>/.uploads`, which is not a bucket, and renamed. The
 * conditions of a rename are checked in the same turn, without an await in between.
 */
export class FolderBuckets implements ObjectStore {
  readonly uploads: MultipartUploads;
  readonly #root: string;
  readonly #area: UploadArea;
  readonly #warn: (message: string) => void;
  readonly #unreadable = new Set<string>();

  /**
   * @param clock by which multipart uploads expire
   * @param warn called once for each bucket with something that this user may not read
   */
  constructor(root: string, clock: Clock = systemClock, warn: (message: string) => void = () => {}) {
    this.#root = root;
    this.#warn = warn;
    this.#area = new UploadArea(join(root, ".uploads"));
    this.uploads = new MultipartUploads(this.#area, clock);
  }

  async listBuckets(): Promise<BucketInfo[]> {
    const names = await readdir(this.#root).catch(undefinedIfAbsent);
    const buckets: BucketInfo[] = [];
    for (const name of (names ?? []).filter(isBucketName).sort()) {
      const stats = await stat(join(this.#root, name)).catch(undefinedIfAbsent);
      if (stats?.isDirectory()) buckets.push({ name, createdMs: firstTime(stats) });
    }
    return buckets;
  }

  async bucketExists(bucket: string): Promise<boolean> {
    return isBucketName(bucket) && statIfPresent(join(this.#root, bucket))?.isDirectory() === true;
  }

  /** Returns whether the bucket is new. */
  async createBucket(bucket: string): Promise<boolean> {
    checkBucketName(bucket);
    await mkdir(this.#root, { recursive: true });
    try {
      await mkdir(join(this.#root, bucket));
      return true;
    } catch (error) {
      if (await this.bucketExists(bucket)) return false;
      throw error;
    }
  }

  async deleteBucket(bucket: string): Promise<void> {
    const root = this.folderOf(bucket);
    if (!isEmptyFolder(root))
      throw new S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty", {
        details: { BucketName: bucket },
      });
    removeEmptyBucket(bucket, join(this.#root, bucket));
    for (const upload of this.uploads.list(bucket)) await this.uploads.abort(upload);
  }

  /** Call it before `empty`, which takes one turn and cannot wait. */
  readyToEmpty(): Promise<void> {
    return this.#area.ready();
  }

  /**
   * Removes all buckets at once, by renames; their content is in a temporary folder, to be deleted. A linked
   * bucket is unlinked.
   */
  empty(): EmptiedBuckets & { readonly temp: readonly string[] } {
    this.uploads.abortAll();
    const removed: string[] = [];
    const kept: string[] = [];
    const temp: string[] = [];
    for (const name of this.#bucketNames()) {
      const path = this.#area.takeAway(join(this.#root, name));
      (path === undefined ? kept : removed).push(name);
      if (path !== undefined) temp.push(path);
    }
    return { removed, kept, temp };
  }

  async page(bucket: string, query: ListQuery): Promise<ListPage> {
    return listPage(this.folderOf(bucket), query, () => this.#warnOf(bucket));
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<ObjectInfo | Required<ObjectSummary>> {
    const root = this.folderOf(bucket);
    const unreadable: Required<ObjectSummary>[] = [];
    const note = ({ key, reason }: Unreadable): void => {
      this.#warnOf(bucket);
      unreadable.push({ key, byteLength: 0, fault: reason });
    };
    for await (const key of walkBucket(root, { prefix, after: "", skip: "" }, note)) {
      const info = await infoIfPresent(root, key, note);
      yield* unreadable.splice(0);
      if (info !== undefined) yield info;
    }
    yield* unreadable;
  }

  async head(bucket: string, key: string): Promise<ObjectInfo> {
    return (await this.#find(bucket, key)).info;
  }

  async locate(bucket: string, key: string): Promise<ObjectSource> {
    const { path } = await this.#find(bucket, key);
    return isMarker(key) ? { bytes: new Uint8Array() } : { path };
  }

  async open(bucket: string, key: string): Promise<OpenObject> {
    const { path, info } = await this.#find(bucket, key);
    if (isMarker(key)) return { info, stream: () => Readable.from([]), close: async () => {} };
    const file = await open(path).catch((error: unknown) => {
      throw isAbsence(error) ? noSuchKey(key) : error;
    });
    const stats = await file.stat({ bigint: true }).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    return {
      info: objectInfoOf(key, stats),
      stream: (start, end) => file.createReadStream({ start, end }),
      close: () => file.close(),
    };
  }

  async write(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.put(bucket, key, [bytes], () => signal?.throwIfAborted());
  }

  /** Writes an object as its bytes arrive. If they fail, or `permit` throws, nothing has changed. */
  async put(bucket: string, key: string, bytes: ByteSource, permit: Permit = permitAll): Promise<ObjectInfo> {
    this.checkWritable(bucket, key); // Before a long upload, and again once it has arrived.
    const received = await this.#area.receive(bytes);
    try {
      return placeObject(this.folderOf(bucket), received, key, permit);
    } catch (error) {
      // The bucket's folder may be a mount.
      if (errorCode(error) === "EXDEV") return await this.#carryOver(received, bucket, key, permit);
      throw error;
    } finally {
      await this.#area.discard(received);
    }
  }

  /** Deleting a missing object is not an error. */
  async delete(bucket: string, key: string, permit: Permit = permitAll): Promise<void> {
    deleteObject(this.folderOf(bucket), key, permit);
  }

  /** @throws S3Error if the bucket does not exist, or the key cannot be written to it */
  checkWritable(bucket: string, key: string): void {
    writablePathOf(this.folderOf(bucket), key);
  }

  /** The real path of a bucket's folder, which may itself be a link: links inside may not leave it. */
  folderOf(bucket: string): string {
    checkBucketName(bucket);
    try {
      const path = realpathSync(join(this.#root, bucket));
      if (statSync(path).isDirectory()) return path;
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
    throw noSuchBucket(bucket);
  }

  /** Without the key, which may identify a patient. */
  #warnOf(bucket: string): void {
    if (this.#unreadable.has(bucket)) return;
    this.#unreadable.add(bucket);
    this.#warn(
      `bucket ${bucket} has files or folders that this user may not read: listings leave them out, ` +
        "import jobs name them in failure.ndjson",
    );
  }

  #bucketNames(): string[] {
    const isFolder = (name: string): boolean => statIfPresent(join(this.#root, name))?.isDirectory() === true;
    const names = statIfPresent(this.#root) === undefined ? [] : readdirSync(this.#root);
    return names.filter((name) => isBucketName(name) && isFolder(name)).sort();
  }

  async #find(bucket: string, key: string): Promise<{ path: string; info: ObjectInfo }> {
    const path = locate(this.folderOf(bucket), key);
    const stats = path === undefined ? undefined : statIfPresent(path);
    if (path === undefined || stats === undefined) throw noSuchKey(key);
    const isThere = isMarker(key) ? bearsKey(key, path, stats.isDirectory()) : stats.isFile();
    if (!isThere) throw noSuchKey(key);
    return { path, info: objectInfoOf(key, stats) };
  }

  async #carryOver(received: string, bucket: string, key: string, permit: Permit): Promise<ObjectInfo> {
    const temp = join(this.folderOf(bucket), `.uploading-${randomBytes(16).toString("hex")}`);
    try {
      await copyToNewFile(received, temp);
      return placeObject(this.folderOf(bucket), temp, key, permit);
    } finally {
      await rm(temp, { force: true });
    }
  }
}

/** Some file systems do not keep the time of birth. */
const firstTime = ({ birthtimeMs, mtimeMs }: { birthtimeMs: number; mtimeMs: number }): number =>
  birthtimeMs > 0 ? birthtimeMs : mtimeMs;
