import { type BigIntStats, mkdirSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { isEmptyFolder, pathToDelete, pruneFolders, statIfPresent, writablePathOf } from "./key-paths.ts";
import { isMarker, refusal } from "./object-keys.ts";

/** Receives the file that a write or a delete is about to replace, and throws to prevent it. */
export type FilePermit = (current: BigIntStats | undefined) => void;

/**
 * Keeps what is known of the file that is about to have a key, by its size and time, and throws to prevent it.
 * @returns undoes that, where the file does not get there
 */
export type FileKeeper = (stats: BigIntStats) => () => void;

interface Placing {
  readonly permit: FilePermit;
  readonly keep: FileKeeper;
}

/** Whether the key names the existing file or folder: a folder has a key only while it is empty. */
export const bearsKey = (key: string, path: string, isFolder: boolean): boolean =>
  isMarker(key) ? isFolder && isEmptyFolder(path) : !isFolder;

/**
 * Makes a written file the object of a key. Synchronous: nothing changes between the checks and the rename. What is
 * known of it is kept before, so that a full disk leaves the object that was there.
 * @param root the bucket's folder, itself a real path
 * @param received the file, on the same file system
 * @returns what is there now
 * @throws S3Error if the key cannot be written, and what `permit` and `keep` throw; then nothing has changed
 */
export function placeObject(
  root: string,
  received: string,
  key: string,
  { permit, keep }: Placing,
): BigIntStats {
  const target = writablePathOf(root, key);
  const current = statIfPresent(target);
  permit(current && bearsKey(key, target, current.isDirectory()) ? current : undefined);
  return isMarker(key) ? makeMarker(received, target, key, keep) : moveInto(root, received, target, keep);
}

/** Deletes an object and the folders that held only it; a missing object is not an error. Synchronous. */
export function deleteObject(root: string, key: string, permit: FilePermit): void {
  const path = pathToDelete(root, key);
  const stats = path === undefined ? undefined : statIfPresent(path);
  const isThere = path !== undefined && (stats === undefined || bearsKey(key, path, stats.isDirectory()));
  permit(isThere ? stats : undefined);
  if (!isThere) return;
  if (isMarker(key)) rmdirSync(path);
  else unlinkSync(path);
  pruneFolders(root, dirname(path));
}

function makeMarker(received: string, target: string, key: string, keep: FileKeeper): BigIntStats {
  const { size } = statSync(received);
  if (size > 0)
    throw refusal(
      "InvalidArgument",
      key,
      `Buckets are folders here, and keys that end in "/" are folder markers: expected 0 bytes, got ${size}`,
    );
  const outermost = mkdirSync(target, { recursive: true });
  const stats = statSync(target, { bigint: true });
  try {
    keep(stats);
  } catch (error) {
    // All of them are new, and empty.
    if (outermost !== undefined) rmSync(outermost, { recursive: true });
    throw error;
  }
  return stats;
}

function moveInto(root: string, received: string, target: string, keep: FileKeeper): BigIntStats {
  // A rename keeps size and time.
  const undo = keep(statSync(received, { bigint: true }));
  try {
    mkdirSync(dirname(target), { recursive: true });
    renameSync(received, target);
  } catch (error) {
    undo();
    pruneFolders(root, dirname(target));
    throw error;
  }
  return statSync(target, { bigint: true });
}
