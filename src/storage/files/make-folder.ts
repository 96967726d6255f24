import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../../api/error-code.ts";
import { FolderError } from "../folder/folder-error.ts";

/**
 * Creates a folder and its parents. Node.js's recursive mkdir loops endlessly if the file system answers
 * ENOENT below an existing folder, as `/proc` does.
 * @param what the name of the folder in messages
 * @throws FolderError; the system's error
 */
export async function makeFolder(path: string, what = "the data folder"): Promise<void> {
  if (await isMade(path, what)) return;
  if (dirname(path) !== path) await makeFolder(dirname(path), what);
  if (!(await isMade(path, what)))
    throw new FolderError(
      `${what} cannot be created: the system refuses the folder ${path}; choose another place`,
    );
}

/** @returns false if the parent is missing, or no folder can be created in it */
async function isMade(path: string, what: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    if (errorCode(error) === "EEXIST" || errorCode(error) === "EISDIR")
      return requireFolder(path, what, error);
    // A read-only file system reports that before it reports that the folder exists.
    if (errorCode(error) === "ENOTDIR") return false;
    if (await isFolder(path)) return true;
    throw error;
  }
}

async function requireFolder(path: string, what: string, cause: unknown): Promise<true> {
  if (await isFolder(path)) return true;
  throw new FolderError(`${what} cannot be created: ${path} is not a folder; choose another place`, {
    cause,
  });
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
