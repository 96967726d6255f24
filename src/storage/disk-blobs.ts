import { readFile } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pLimit from "p-limit";
import type { MeasuredBlobs } from "../domain/blobs.ts";
import { moveInto, writeWhole } from "./atomic-file.ts";

/** Twice as fast on small files as that of `node:fs/promises`: frames are read through it. */
const read = promisify(readFile);

/** Files open at once for writing: a file of many frames brings them faster than disks take them. */
const MAX_CONCURRENT_WRITES = 32;

/** Blobs as files below a folder; a key is a path in it, made of identifiers, never of user input. */
export class DiskBlobs implements MeasuredBlobs {
  readonly #root: string;
  readonly #limit = pLimit(MAX_CONCURRENT_WRITES);
  #written: Set<string> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** From now on, remembers what is written; returns how to forget it and remember no more. */
  rememberWrites(): () => void {
    this.#written = new Set();
    return () => (this.#written = undefined);
  }

  /** Since it remembers; also what is only about to be. */
  hasWritten(key: string): boolean {
    return this.#written?.has(key) ?? false;
  }

  hasWrittenBelow(folder: string): boolean {
    return [...(this.#written ?? [])].some((key) => key.startsWith(`${folder}/`));
  }

  read(key: string): Promise<Uint8Array> {
    return read(join(this.#root, key));
  }

  async byteLength(key: string): Promise<number> {
    return (await stat(join(this.#root, key))).size;
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    this.#written?.add(key);
    return this.#limit(() => writeWhole(join(this.#root, key), bytes, this.#root));
  }

  take(key: string, path: string): Promise<void> {
    this.#written?.add(key);
    return this.#limit(() => moveInto(path, join(this.#root, key), this.#root));
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.#root, key), { force: true });
  }
}
