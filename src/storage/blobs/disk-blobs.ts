import { lstat, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { isBlobKey, type MeasuredBlobs } from "../../domain/blobs.ts";
import { moveInto, writeWhole } from "../files/atomic-file.ts";
import { OwnFolders } from "../files/own-folders.ts";
import { readRegularFile, requireFile } from "../files/regular-file.ts";

/** Files open at once for writing: a file with many frames produces them faster than disks store them. */
const MAX_CONCURRENT_WRITES = 32;

/** Blobs as files below a folder. A key is a path in it; only keys of the fixed forms are accepted. */
export class DiskBlobs implements MeasuredBlobs {
  readonly #root: string;
  readonly #folders: OwnFolders;
  readonly #limit = pLimit(MAX_CONCURRENT_WRITES);
  #written: Set<string> | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#folders = new OwnFolders(root);
  }

  /** Tracks writes from now on; returns a function that ends the tracking. */
  rememberWrites(): () => void {
    this.#written = new Set();
    return () => (this.#written = undefined);
  }

  /** Whether it was written, or is about to be, since the tracking began. */
  hasWritten(key: string): boolean {
    return this.#written?.has(key) ?? false;
  }

  hasWrittenBelow(folder: string): boolean {
    return [...(this.#written ?? [])].some((key) => key.startsWith(`${folder}/`));
  }

  async read(key: string): Promise<Uint8Array> {
    return readRegularFile(this.#pathOf(key));
  }

  async byteLength(key: string): Promise<number> {
    const path = this.#pathOf(key);
    const stats = await lstat(path);
    requireFile(path, stats);
    return stats.size;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const target = this.#pathOf(key);
    this.#written?.add(key);
    return this.#limit(() => writeWhole(target, bytes, this.#root));
  }

  async take(key: string, path: string): Promise<void> {
    const target = this.#pathOf(key);
    this.#written?.add(key);
    return this.#limit(() => moveInto(path, target, this.#root));
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  /** @throws for an invalid key, or one below a linked folder: nothing outside is read, written or deleted */
  #pathOf(key: string): string {
    if (!isBlobKey(key)) throw new Error(`${JSON.stringify(key)} is not the key of a blob`);
    const path = join(this.#root, key);
    this.#folders.require(dirname(path));
    return path;
  }
}
