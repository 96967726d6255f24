import { access, mkdir, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Adapter } from "lowdb";
import { errorCode } from "../../api/error-code.ts";
import { isMissing } from "./errno-messages.ts";
import { mountedFolder } from "./mounts.ts";
import { writeNewFile } from "./new-file.ts";
import { OwnFolders } from "./own-folders.ts";
import { readRegularFile } from "./regular-file.ts";

/** Temporary files that are being written. */
const beingWritten = new Set<string>();

/** @param temp the temporary file beside the target */
export const isBeingWritten = (temp: string): boolean => beingWritten.has(temp);

/**
 * Writes a file that is complete or absent: first to a temporary file, which is then renamed.
 * @param root below which missing folders are created
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  root = dirname(path),
): Promise<void> {
  const temp = join(dirname(path), `.${basename(path)}.tmp`);
  beingWritten.add(temp);
  try {
    await writeNewFile(temp, content).catch(async (error: unknown) => {
      if (!isMissing(error)) throw error;
      await makeFolders(root, dirname(path));
      await writeNewFile(temp, content);
    });
    await rename(temp, path);
  } catch (error) {
    // A failed unlink must not hide the error: `rm` has a different one for a folder.
    await unlink(temp).catch(() => {});
    throw error;
  } finally {
    beingWritten.delete(temp);
  }
}

/** Stores strings in files: the disk, or a fake of a test. */
export interface Files {
  /** The file is complete or absent. */
  write(path: string, text: string): Promise<void>;
  /** Does nothing if it does not exist. */
  remove(path: string): Promise<void>;
}

/** On the disk; files below a linked folder are neither written nor removed. */
export function filesBelow(root: string): Files {
  const folders = new OwnFolders(root);
  return {
    write: async (path, text) => {
      folders.require(dirname(path));
      await writeWhole(path, text, root);
    },
    remove: async (path) => {
      folders.require(dirname(path));
      await rm(path, { force: true });
    },
  };
}

/**
 * Moves a file within a file system, and creates missing folders below the root.
 * @throws FolderError if the target is in another mount
 */
export async function moveInto(path: string, target: string, root: string): Promise<void> {
  await rename(path, target).catch(async (error: unknown) => {
    if (errorCode(error) === "EXDEV") throw mountedFolder(dirname(target), error);
    if (!isMissing(error)) throw error;
    await makeFolders(root, dirname(target));
    await rename(path, target);
  });
}

/** A root that was moved away is not created again: its data would be lost to the user who moved it. */
async function makeFolders(root: string, folder: string): Promise<void> {
  await access(root);
  await mkdir(folder, { recursive: true });
}

/** One JSON document in a file, for lowdb: indented for people, complete or absent. */
export class JsonFile<T> implements Adapter<T> {
  readonly #path: string;
  readonly #files: Files;

  constructor(path: string, files: Files) {
    this.#path = path;
    this.#files = files;
  }

  async read(): Promise<T | null> {
    try {
      return JSON.parse((await readRegularFile(this.#path)).toString()) as T;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async write(document: T): Promise<void> {
    await this.#files.write(this.#path, `${JSON.stringify(document, null, 2)}\n`);
  }
}
