import { createHash } from "node:crypto";
import {
  type BigIntStats,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { lstat, mkdir, rename, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { errorMessage } from "../../api/error-message.ts";
import { copyToNewFile, newFileStream, writeNewFile } from "../../storage/files/new-file.ts";
import { OwnFolders } from "../../storage/files/own-folders.ts";
import type { DiskSpace } from "../../storage/snapshots/disk-space.ts";
import { readLines } from "../../storage/snapshots/read-lines.ts";
import { SnapshotError } from "../../storage/snapshots/snapshot-error.ts";
import { checkBucketName } from "./bucket-names.ts";
import type { FolderBuckets } from "./folder-buckets.ts";
import { writablePathOf } from "./key-paths.ts";
import { CarriedMetadata } from "./metadata/carried-metadata.ts";
import { type CorsRule, readCorsRules } from "./metadata/cors-rules.ts";
import { type ObjectAttributes, readAttributes } from "./metadata/object-attributes.ts";
import { isMarker, segmentsOf } from "./object-keys.ts";
import { isObjectTime } from "./object-info.ts";
import { errorCode } from "../../api/error-code.ts";

/** One line for each object; its content is in `objects`, named by its SHA-256. */
const LIST = "buckets.jsonl";
const OBJECTS = "objects";
/** In the folder of a new generation: buckets that will replace the existing ones, */
const NEXT = "s3-next";
/** and the same folder once the existing buckets are gone. */
const PLACING = "s3-placing";
/** In both: the metadata of the buckets; no bucket can have the name. */
const METADATA = ".metadata";

/** Without a key, it is the bucket itself. */
interface Saved {
  readonly bucket: string;
  readonly key?: string;
  /** Left out for a folder marker. */
  readonly sha256?: string;
  readonly modifiedMs?: number;
  /** Left out where nothing is kept of the object, */
  readonly attributes?: ObjectAttributes;
  /** and of a bucket, where it has no rules. */
  readonly cors?: readonly CorsRule[];
}

/** Says what is wrong with the buckets of a snapshot. */
export class SavedBucketsError extends Error {}

/**
 * Copies all buckets into a folder. Users edit files in buckets in place, so no file is shared.
 * @returns the number of buckets
 * @throws SnapshotError if anything in them cannot be read: a snapshot is always complete
 */
export async function saveBuckets(buckets: FolderBuckets, folder: string): Promise<number> {
  const saved: Saved[] = [];
  const names = (await buckets.listBuckets()).map(({ name }) => name);
  await mkdir(join(folder, OBJECTS), { recursive: true });
  for (const bucket of names) {
    const cors = buckets.metadata.corsRulesOf(bucket);
    saved.push({ bucket, ...(cors && { cors }) });
    for await (const object of buckets.list(bucket, "")) {
      const { key } = object;
      if (object.fault !== undefined)
        throw new SnapshotError("SnapshotConflict", `s3://${bucket}/${key}: ${object.fault}`);
      const { modifiedMs } = object;
      saved.push({
        bucket,
        key,
        modifiedMs,
        ...(await saveObject(buckets, bucket, key, join(folder, OBJECTS))),
      });
    }
  }
  await writeNewFile(join(folder, LIST), saved.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return names.length;
}

async function saveObject(buckets: FolderBuckets, bucket: string, key: string, folder: string) {
  const hash = createHash("sha256");
  const temp = join(folder, "object.tmp");
  const object = await buckets.open(bucket, key);
  const { byteLength, attributes } = object.info;
  const kept = attributes && { attributes: { etag: attributes.etag, headers: attributes.headers } };
  if (isMarker(key)) return kept;
  const hashing = async function* (bytes: AsyncIterable<Uint8Array>) {
    for await (const chunk of bytes) {
      hash.update(chunk);
      yield chunk;
    }
  };
  if (byteLength === 0) {
    await object.close();
    await writeNewFile(temp, "");
  } else await pipeline(object.stream(0, byteLength - 1), hashing, newFileStream(temp));
  const sha256 = hash.digest("hex");
  await rename(temp, join(folder, sha256));
  return { sha256, ...kept };
}

/** @returns the number of buckets; null if the snapshot has none. @throws SavedBucketsError */
export async function checkSavedBuckets(folder: string): Promise<number | null> {
  const saved = await readList(folder);
  if (saved === undefined) return null;
  await sizesOf(folder, saved);
  return new Set(saved.map(({ bucket }) => bucket)).size;
}

async function sizesOf(folder: string, saved: readonly Saved[]): Promise<ReadonlyMap<string, number>> {
  new OwnFolders(folder).require(join(folder, OBJECTS));
  const sizes = new Map<string, number>();
  for (const { sha256 } of saved) {
    if (sha256 === undefined || sizes.has(sha256)) continue;
    const stats = await lstat(join(folder, OBJECTS, sha256)).catch(() => undefined);
    if (stats?.isFile() !== true) throw new SavedBucketsError(`${OBJECTS}/${sha256} is missing`);
    sizes.set(sha256, stats.size);
  }
  return sizes;
}

/**
 * Restores the buckets of a snapshot's folder into the folder of the next generation.
 * @param diskSpace the free disk space: many keys may share one object, so the buckets may be far larger than
 * the snapshot
 * @throws SavedBucketsError; SnapshotError if the disk has too little space
 */
export async function carryBuckets(from: string, to: string, diskSpace: DiskSpace): Promise<void> {
  const saved = await readList(from);
  if (saved === undefined) return;
  const sizes = await sizesOf(from, saved);
  for (const { sha256 = "" } of saved) diskSpace.take(sizes.get(sha256) ?? 0);
  const root = join(to, NEXT);
  await mkdir(root);
  const metadata = new CarriedMetadata(join(root, METADATA));
  for (const { bucket, key, sha256, modifiedMs, attributes, cors } of saved) {
    const folder = join(root, bucket);
    if (key === undefined) {
      await mkdir(folder);
      if (cors !== undefined) metadata.addRules(bucket, cors);
      continue;
    }
    const stats = await carryObject({ from: join(from, OBJECTS, sha256 ?? ""), folder, key, modifiedMs });
    if (attributes !== undefined) metadata.add(bucket, key, stats, attributes);
  }
  await metadata.write();
}

interface Carried {
  readonly from: string;
  readonly folder: string;
  readonly key: string;
  readonly modifiedMs: number | undefined;
}

async function carryObject({ from, folder, key, modifiedMs = 0 }: Carried): Promise<BigIntStats> {
  const target = writablePathOf(folder, key);
  await mkdir(isMarker(key) ? target : dirname(target), { recursive: true });
  if (!isMarker(key)) await copyToNewFile(from, target);
  // Half a millisecond more: seconds with a fraction are rounded down slightly.
  const seconds = (modifiedMs + 0.5) / 1000;
  await utimes(target, seconds, seconds);
  return stat(target, { bigint: true });
}

/** Whether a generation brought buckets that are not all in place yet. */
export const bringsBuckets = (folder: string): boolean =>
  isFolder(join(folder, PLACING)) || isFolder(join(folder, NEXT));

/** A restore never puts a link there, so a link does not count. */
const isFolder = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Replaces all existing buckets by those that a generation brought. It takes one turn; if the process is
 * killed in it, the next start continues from there.
 * @param folder of the generation
 * @param root of the buckets
 * @returns among others, what to delete
 */
export function placeBuckets(folder: string, root: string, buckets: FolderBuckets) {
  const [next, placing] = [join(folder, NEXT), join(folder, PLACING)];
  const isBegun = isFolder(placing);
  const emptied = isBegun ? { kept: [], temp: [] } : buckets.empty();
  if (!isBegun) renameSync(next, placing);
  mkdirSync(root, { recursive: true });
  // A mounted bucket cannot be moved: it stays with its content.
  const names = readdirSync(placing).filter((name) => name !== METADATA);
  const placed = names.filter((name) => !existsSync(join(root, name)));
  for (const name of placed) {
    buckets.metadata.replace(name, join(placing, METADATA, name));
    move(join(placing, name), join(root, name));
  }
  rmSync(placing, { recursive: true });
  return { placed, kept: emptied.kept, temp: emptied.temp };
}

/** The folder of buckets may be a mount. */
function move(path: string, target: string): void {
  try {
    renameSync(path, target);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    cpSync(path, target, { recursive: true, preserveTimestamps: true });
  }
}

async function readList(folder: string): Promise<Saved[] | undefined> {
  if (!existsSync(join(folder, LIST))) return undefined;
  const saved: Saved[] = [];
  for await (const line of readLines(join(folder, LIST)))
    saved.push(readSaved(line, `${LIST}:${saved.length + 1}`));
  const names = new Set<string>();
  for (const [index, { bucket, key }] of saved.entries()) {
    const name = objectIdOf(bucket, key);
    const isInNone = key !== undefined && !names.has(objectIdOf(bucket));
    if (names.has(name) || isInNone)
      throw new SavedBucketsError(`${LIST}:${index + 1} has no bucket, or appears twice`);
    names.add(name);
  }
  for (const [index, { bucket, key = "" }] of saved.entries()) {
    if (foldersOf(key).some((folderKey) => names.has(objectIdOf(bucket, folderKey))))
      throw new SavedBucketsError(`${LIST}:${index + 1} is below an object, which is not a folder`);
  }
  return saved;
}

const objectIdOf = (bucket: string, key?: string): string => JSON.stringify([bucket, key]);

/** The folders that contain a key's file, or that a marker stands for, named as objects would be. */
function foldersOf(key: string): string[] {
  const segments = key.split("/");
  return segments.slice(0, -1).map((_, depth) => segments.slice(0, depth + 1).join("/"));
}

function readSaved(line: string, where: string): Saved {
  try {
    const saved = JSON.parse(line) as Partial<Record<keyof Saved, unknown>> | null;
    const { bucket, key, sha256, modifiedMs, attributes, cors } = saved ?? {};
    if (typeof bucket !== "string") throw new Error("it has no bucket");
    checkBucketName(bucket);
    const rules = cors === undefined ? undefined : readCorsRules(cors);
    if (cors !== undefined && rules === undefined) throw new Error("no CORS rules");
    if (key === undefined) return { bucket, ...(rules && { cors: rules }) };
    if (typeof key !== "string") throw new Error("its key is not a string");
    segmentsOf(key);
    if (typeof modifiedMs !== "number" || !isObjectTime(modifiedMs)) throw new Error("it has no valid time");
    const read = attributes === undefined ? undefined : readAttributes(attributes);
    if (attributes !== undefined && read === undefined)
      throw new Error("its attributes are not those of an object");
    const kept = read && { attributes: read };
    if (isMarker(key)) return { bucket, key, modifiedMs, ...kept };
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw new Error("it has no SHA-256");
    return { bucket, key, sha256, modifiedMs, ...kept };
  } catch (cause) {
    const why = errorMessage(cause);
    throw new SavedBucketsError(`${where} is not an object of a bucket: ${why}`, { cause });
  }
}
