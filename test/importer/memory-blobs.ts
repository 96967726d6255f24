import { readFile, rm } from "node:fs/promises";
import type { Blobs } from "../../src/domain/blobs.ts";

export class MemoryBlobs implements Blobs {
  readonly kept = new Map<string, Uint8Array>();
  failAt: string | undefined;
  failure = new Error("the disk is full");
  /** How many more writes succeed before one fails. */
  failAfter = Infinity;

  async read(key: string): Promise<Uint8Array> {
    const bytes = this.kept.get(key);
    if (bytes === undefined) throw new Error(`no blob ${key}`);
    return bytes;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    if (this.failAt !== undefined && key.includes(this.failAt)) throw this.failure;
    if (this.failAfter-- === 0) throw new Error("the disk was full for a moment");
    // A copy: what was written is the caller's again.
    this.kept.set(key, new Uint8Array(bytes));
  }

  async take(key: string, path: string): Promise<void> {
    await this.write(key, await readFile(path));
    await rm(path);
  }

  async remove(key: string): Promise<void> {
    this.kept.delete(key);
  }
}
