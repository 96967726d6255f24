import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import { FolderError } from "../folder/folder-error.ts";

/** About ten megabytes of paths; folders beyond that are checked again. */
const MAX_KNOWN = 100_000;

/**
 * The folders below a root. None of them may be a link, which would lead reads, writes and deletions out of
 * the root. Each is checked once, so a second read of a frame needs no more system calls.
 */
export class OwnFolders {
  readonly #root: string;
  readonly #known = new Set<string>();

  /** @param root may itself be a link */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * @param folder absolute, the root or below it; a missing one is created as a folder when it is needed
   * @throws FolderError if it, or a parent, is a link
   */
  require(folder: string): void {
    this.#isThere(folder);
  }

  #isThere(folder: string): boolean {
    if (folder === this.#root || this.#known.has(folder)) return true;
    if (dirname(folder) === folder) throw new FolderError(`${folder} is not below ${this.#root}`);
    if (!this.#isThere(dirname(folder))) return false;
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) throw linkedFolder(folder);
    if (stats?.isDirectory() !== true) return false;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(folder);
    return true;
  }
}

export const linkedFolder = (path: string): FolderError =>
  new FolderError(
    `${path} is a link: replace it with the folder itself. Only the data folder and buckets may be links`,
  );
