import { randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../domain/time/clock.ts";
import type { ObjectSource, ObjectStore, ObjectSummary } from "../../domain/objects.ts";
import type { EmptiedBuckets } from "../../domain/resettable.ts";
import { reasonOf } from "../../storage/files/errno-messages.ts";
import { copyToNewFile } from "../../storage/files/new-file.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import { BucketFolders, type BucketInfo } from "./bucket-folders.ts";
import { isAbsence, isDenial, noSuchKey, S3Error } from "./s3-error.ts";
import { isEmptyFolder, locate, writablePathOf, statIfPresent } from "./key-paths.ts";
import { isMarker } from "./object-keys.ts";
import { type ListPage, listPage, type ListQuery, statIfReadable } from "./list-page.ts";
import { BucketMetadata } from "./metadata/bucket-metadata.ts";
import type { CorsRule } from "./metadata/cors-rules.ts";
import { FileDigests } from "./metadata/file-digests.ts";
import type { ObjectAttributes } from "./metadata/object-attributes.ts";
import { MultipartUploads } from "./multipart-uploads.ts";
import { bearsKey, deleteObject, type FilePermit, placeObject } from "./object-files.ts";
import {
  isEtagKnown,
  type ObjectFile,
  objectFileOf,
  type ObjectInfo,
  objectInfoOf,
  type Permit,
} from "./object-info.ts";
import { type OpenObject, openFileObject, openMarker } from "./open-object.ts";
import { removeEmptyBucket } from "./remove-bucket.ts";
import { type ByteSource, UploadArea } from "./upload-area.ts";
import { type Unreadable, walkBucket } from "./walk.ts";
import { errorCode } from "../../api/error-code.ts";

export interface PutOptions {
  readonly permit?: Permit;
  /** Asked once all bytes have arrived. Left out, the object is as a file that somebody copied in. */
  readonly attributes?: () => ObjectAttributes;
}

interface FoundFile {
  readonly path: string;
  readonly stats: BigIntStats;
}

/**
 * Buckets whose objects are plain files: `s3://bucket/key` is `<root>/bucket/key`, and a file that is put
 * there is an object at once. A key that ends in `/` is a folder marker: it exists as long as the folder is
 * empty. Objects appear whole: they are written in `<root>/.uploads`, which is not a bucket, and renamed. The
 * conditions of a rename are checked in the same turn, without an await in between. Content types, metadata and
 * ETags are in `<root>-metadata`.
 */
export class FolderBuckets implements ObjectStore {
  readonly uploads: MultipartUploads;
  readonly metadata: BucketMetadata;
  readonly #root: string;
  readonly #folders: BucketFolders;
  readonly #area: UploadArea;
  readonly #digests = new FileDigests();
  readonly #warn: (message: string) => void;
  readonly #warned = new Set<string>();

  /**
   * @param clock by which multipart uploads expire
   * @param warn called once for each bucket with something that this user may not read
   */
  constructor(root: string, clock: Clock = systemClock, warn: (message: string) => void = () => {}) {
    this.#root = root;
    this.#folders = new BucketFolders(root);
    this.#warn = warn;
    this.metadata = new BucketMetadata({ root: `${root}-metadata`, buckets: root, warn });
    this.#area = new UploadArea(join(root, ".uploads"));
    this.uploads = new MultipartUploads(this.#area, clock);
  }

  listBuckets(): Promise<BucketInfo[]> {
    return this.#folders.list();
  }

  async bucketExists(bucket: string): Promise<boolean> {
    return this.#folders.has(bucket);
  }

  /** Returns whether the bucket is new. */
  async createBucket(bucket: string): Promise<boolean> {
    const isNew = await this.#folders.make(bucket);
    if (isNew) this.metadata.forgetBucket(bucket);
    return isNew;
  }

  async deleteBucket(bucket: string): Promise<void> {
    const root = this.folderOf(bucket);
    if (!isEmptyFolder(root))
      throw new S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty", {
        details: { BucketName: bucket },
      });
    removeEmptyBucket(bucket, join(this.#root, bucket));
    this.metadata.forgetBucket(bucket);
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
    for (const name of this.#folders.names()) {
      const path = this.#area.takeAway(join(this.#root, name));
      (path === undefined ? kept : removed).push(name);
      if (path === undefined) continue;
      temp.push(path);
    }
    this.metadata.forgetAllBut(kept);
    return { removed, kept, temp };
  }

  async page(bucket: string, query: ListQuery): Promise<ListPage> {
    const infoOf = (key: string, stats: BigIntStats) => this.#infoOf(bucket, key, stats);
    return listPage(this.folderOf(bucket), query, infoOf, () => this.#warnOf(bucket));
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<ObjectFile | Required<ObjectSummary>> {
    const root = this.folderOf(bucket);
    const unreadable: Required<ObjectSummary>[] = [];
    const note = ({ key, reason }: Unreadable): void => {
      this.#warnOf(bucket);
      unreadable.push({ key, byteLength: 0, fault: reason });
    };
    for await (const key of walkBucket(root, { prefix, after: "", skip: "" }, note)) {
      const stats = await statIfReadable(root, key, note);
      yield* unreadable.splice(0);
      if (stats !== undefined) yield objectFileOf(key, stats);
    }
    yield* unreadable;
  }

  /** Undefined if the bucket has none, or does not exist. Rules that cannot be read let nobody in. */
  corsRulesOf(bucket: string): readonly CorsRule[] | undefined {
    try {
      return this.#folders.has(bucket) ? this.metadata.corsRulesOf(bucket) : undefined;
    } catch (error) {
      this.#warnOnce(`cors/${bucket}`, `the CORS rules of bucket ${bucket} are not read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** @throws S3Error where there is no such object */
  checkObject(bucket: string, key: string): void {
    this.#find(bucket, key);
  }

  /** Its ETag is the MD5: a file that was copied in is read for it, the first time. */
  async head(bucket: string, key: string): Promise<ObjectInfo> {
    return this.#withEtag(bucket, key, this.#find(bucket, key));
  }

  async locate(bucket: string, key: string): Promise<ObjectSource> {
    const { path } = this.#find(bucket, key);
    return isMarker(key) ? { bytes: new Uint8Array() } : { path };
  }

  /** As `open`, with the ETag that `head` answers. */
  async read(bucket: string, key: string): Promise<OpenObject> {
    const found = this.#find(bucket, key);
    const info = await this.#withEtag(bucket, key, found);
    const object = await this.#open(bucket, key, found);
    // Another file may have come in between.
    const isTold = isEtagKnown(object.info) || object.info.fileTag() !== info.fileTag();
    return isTold ? object : { ...object, info };
  }

  /** @returns an object whose ETag may be that of the file only: no MD5 is computed */
  async open(bucket: string, key: string): Promise<OpenObject> {
    return this.#open(bucket, key, this.#find(bucket, key));
  }

  async write(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.put(bucket, key, [bytes], { permit: () => signal?.throwIfAborted() });
  }

  /** Writes an object as its bytes arrive. If they fail, or `permit` throws, nothing has changed. */
  async put(bucket: string, key: string, bytes: ByteSource, options: PutOptions = {}): Promise<ObjectInfo> {
    this.checkWritable(bucket, key); // Before a long upload, and again once it has arrived.
    const received = await this.#area.receive(bytes);
    let isMoved = false;
    try {
      const info = this.#place(received, bucket, key, options);
      isMoved = !isMarker(key);
      return info;
    } catch (error) {
      // The bucket's folder may be a mount.
      if (errorCode(error) === "EXDEV") return await this.#carryOver(received, bucket, key, options);
      throw error;
    } finally {
      if (!isMoved) await this.#area.discard(received);
    }
  }

  /** Deleting a missing object is not an error. */
  async delete(bucket: string, key: string, permit?: Permit): Promise<void> {
    deleteObject(this.folderOf(bucket), key, this.#filePermit(bucket, key, permit));
    this.metadata.forget(bucket, key);
  }

  /** @throws S3Error if the bucket does not exist, or the key cannot be written to it */
  checkWritable(bucket: string, key: string): void {
    writablePathOf(this.folderOf(bucket), key);
  }

  /** @returns the real path. @throws S3Error NoSuchBucket */
  folderOf(bucket: string): string {
    return this.#folders.realPathOf(bucket);
  }

  /** Without the key, which may identify a patient. */
  #warnOf(bucket: string): void {
    this.#warnOnce(
      bucket,
      `bucket ${bucket} has files or folders that this user may not read: listings omit them, ` +
        "import jobs list them in failure.ndjson",
    );
  }

  #warnOnce(what: string, message: string): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    this.#warn(message);
  }

  #find(bucket: string, key: string): FoundFile {
    const path = locate(this.folderOf(bucket), key);
    const stats = path === undefined ? undefined : statIfPresent(path);
    if (path === undefined || stats === undefined) throw noSuchKey(key);
    const isThere = isMarker(key) ? bearsKey(key, path, stats.isDirectory()) : stats.isFile();
    if (!isThere) throw noSuchKey(key);
    return { path, stats };
  }

  async #open(bucket: string, key: string, { path, stats }: FoundFile): Promise<OpenObject> {
    const infoOf = (opened: BigIntStats): ObjectInfo => this.#infoOf(bucket, key, opened);
    return isMarker(key) ? openMarker(infoOf(stats)) : openFileObject(path, key, infoOf);
  }

  #infoOf(bucket: string, key: string, stats: BigIntStats): ObjectInfo {
    return objectInfoOf(key, stats, this.metadata.find(bucket, key, stats));
  }

  async #withEtag(bucket: string, key: string, { path, stats }: FoundFile): Promise<ObjectInfo> {
    const info = this.#infoOf(bucket, key, stats);
    if (isEtagKnown(info)) return info;
    const etag = await this.#digests.md5Of(path, stats).catch((error: unknown) => {
      if (isAbsence(error) || isDenial(error)) return undefined;
      throw error;
    });
    if (etag === undefined) return info;
    const attributes = { etag, headers: {} };
    try {
      this.metadata.keep(bucket, key, stats, attributes);
    } catch {
      // A full disk: it is read again the next time.
    }
    return objectInfoOf(key, stats, attributes);
  }

  #filePermit(bucket: string, key: string, permit: Permit | undefined): FilePermit {
    if (permit === undefined) return () => {};
    return (stats) => permit(stats && this.#infoOf(bucket, key, stats));
  }

  #place(received: string, bucket: string, key: string, { permit, attributes }: PutOptions): ObjectInfo {
    const stats = placeObject(this.folderOf(bucket), received, key, {
      permit: this.#filePermit(bucket, key, permit),
      keep: (of) => (attributes === undefined ? () => {} : this.metadata.keep(bucket, key, of, attributes())),
    });
    return this.#infoOf(bucket, key, stats);
  }

  async #carryOver(received: string, bucket: string, key: string, options: PutOptions): Promise<ObjectInfo> {
    const temp = join(this.folderOf(bucket), `.uploading-${randomBytes(16).toString("hex")}`);
    try {
      await copyToNewFile(received, temp);
      return this.#place(temp, bucket, key, options);
    } finally {
      await rm(temp, { force: true });
    }
  }
}
