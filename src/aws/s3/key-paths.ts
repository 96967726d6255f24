import { type BigIntStats, lstatSync, opendirSync, realpathSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { isAbsence } from "./s3-error.ts";
import { isMarker, refusal, segmentsOf } from "./object-keys.ts";

export const isWithin = (root: string, path: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/**
 * The real path of the file or folder of a key, with links followed; undefined if there is none.
 * @param root the bucket's folder, itself a real path
 * @throws S3Error if a symbolic link leads out of the bucket
 */
export function locate(root: string, key: string): string | undefined {
  const path = realPathIfPresent(join(root, ...segmentsOf(key)));
  if (path !== undefined) checkWithin(root, path, key);
  return path;
}

/**
 * The path to write a key to, once it is known to be free or to hold a replaceable object.
 * @throws S3Error if a folder is needed where a file is, or a file where a folder is
 */
export function writablePathOf(root: string, key: string): string {
  const segments = segmentsOf(key);
  const target = join(root, ...segments);
  const folders = isMarker(key) ? segments : segments.slice(0, -1);
  for (const depth of folders.keys()) {
    const folder = folders.slice(0, depth + 1);
    if (!hasFolder(root, folder, key)) return target;
  }
  if (!isMarker(key) && statIfPresent(target)?.isDirectory() === true)
    throw refusal(
      "InvalidArgument",
      key,
      `Buckets are folders here: "${key}/" is a folder, so "${key}" cannot be an object`,
    );
  return target;
}

/** The path of a key to delete: its folder is inside the bucket, its file may be a link. */
export function pathToDelete(root: string, key: string): string | undefined {
  const path = join(root, ...segmentsOf(key));
  try {
    checkWithin(root, realpathSync(dirname(path)), key);
    lstatSync(path);
    return path;
  } catch (error) {
    return undefinedIfAbsent(error);
  }
}

/** S3 has no folders: folders that held only a deleted key are deleted with it. */
export function pruneFolders(root: string, folder: string): void {
  if (folder === root) return;
  try {
    rmdirSync(folder);
  } catch {
    return; // It is not empty, or is a link: it stays, and so do all folders above it.
  }
  pruneFolders(root, dirname(folder));
}

export function statIfPresent(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    return undefinedIfAbsent(error);
  }
}

export function isEmptyFolder(path: string): boolean {
  const folder = opendirSync(path);
  try {
    return folder.readSync() === null;
  } finally {
    folder.closeSync();
  }
}

function realPathIfPresent(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    return undefinedIfAbsent(error);
  }
}

export function undefinedIfAbsent(error: unknown): undefined {
  if (!isAbsence(error)) throw error;
}

function hasFolder(root: string, segments: readonly string[], key: string): boolean {
  const path = join(root, ...segments);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false;
  const stats = statIfPresent(path);
  if (stats?.isDirectory() !== true)
    throw refusal(
      "InvalidArgument",
      key,
      `Buckets are folders here: "${segments.join("/")}" is an object, so it cannot be the folder of "${key}"`,
    );
  checkWithin(root, realpathSync(path), key);
  return true;
}

function checkWithin(root: string, path: string, key: string): void {
  if (!isWithin(root, path))
    throw refusal(
      "InvalidArgument",
      key,
      "A symbolic link on the way to this key leads outside the bucket's folder",
    );
}
