import { access, mkdir, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Adapter } from "lowdb";
import { errorCode } from "../../api/error-code.ts";
import { mountedFolder } from "./mounts.ts";
import { writeNewFile } from "./new-file.ts";
import { OwnFolders } from "./own-folders.ts";
import { readRegularFile } from "./regular-file.ts";

/** Files whose content is being written to a temporary file. */
const beingWritten = new Set<string>();

/** @param aside the temporary file beside the target */
export const isBeingWritten = (temp: string): boolean => beingWritten.has(temp);

/**
 * Writes a file that is whole or absent: to a temporary file first, then renamed into its place.
 * @param root below which folders are made where they are missing
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
    // What cannot be unlinked must not hide the error: `rm` has one of its own for a folder.
    await unlink(temp).catch(() => {});
    throw error;
  } finally {
    beingWritten.delete(temp);
  }
}

/** Stores strings in files: the disk, or a fake of a test. */
export interface Files {
  /** The file is whole or absent. */
  write(path: string, text: string): Promise<void>;
  /** Does nothing if it does not exist. */
  remove(path: string): Promise<void>;
}

/** On the disk; what is below a linked folder is neither written nor removed. */
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
 * Moves a file of the same file system, making folders below the root where they are missing.
 * @throws FolderError where the target is in a mount of its own
 */
export async function moveInto(path: string, target: string, root: string): Promise<void> {
  await rename(path, target).catch(async (error: unknown) => {
    if (errorCode(error) === "EXDEV") throw mountedFolder(dirname(target), error);
    if (!isMissing(error)) throw error;
    await makeFolders(root, dirname(target));
    await rename(path, target);
  });
}

/** A root that was moved away is not created again: data in it would be lost to the user who moved it. */
async function makeFolders(root: string, folder: string): Promise<void> {
  await access(root);
  await mkdir(folder, { recursive: true });
}

/** One JSON document in a file of its own, for lowdb: indented for people, whole or absent. */
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

/** Also where a part of the path is a file. */
export const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(errorCode(error));
