import { randomBytes } from "node:crypto";
import { lstatSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../api/error-code.ts";
import { FolderError } from "../folder/folder-error.ts";

/**
 * Whether files of one folder cannot be renamed into the other. On Linux this holds between any two mounts,
 * even of the same file system. rename(2) returns EXDEV before it looks for the file, so a file that does not
 * exist is enough for the test. Elsewhere the device numbers are compared.
 */
export function areMountedApart(from: string, to: string): boolean {
  if (statSync(from).dev !== statSync(to).dev) return true;
  const name = `.mount-probe-${randomBytes(16).toString("hex")}`;
  try {
    renameSync(join(from, name), join(to, name));
    return false;
  } catch (error) {
    return errorCode(error) === "EXDEV";
  }
}

/**
 * @throws FolderError if the folder is a mount below the data folder; a missing folder is created when it is
 * needed
 */
export function refuseMount(root: string, folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  if (areMountedApart(root, folder)) throw mountedFolder(folder);
}

export const mountedFolder = (folder: string, cause?: unknown): FolderError =>
  new FolderError(
    `${folder} is a separate mount, so files of the data folder cannot be moved into it: mount the whole data folder instead. In it, only s3 and buckets may be mounts`,
    { cause },
  );
