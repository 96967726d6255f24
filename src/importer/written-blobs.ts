import pLimit from "p-limit";
import type { Blobs, StoredBlob } from "../domain/blobs.ts";

/** Of one job at once: a file of many frames brings them faster than disks take them. */
const MAX_CONCURRENT_WRITES = 32;

/** Remembers what is written through it, so that a job that comes to nothing leaves nothing. */
export class WrittenBlobs implements Blobs {
  readonly #blobs: Blobs;
  readonly #limit = pLimit(MAX_CONCURRENT_WRITES);
  /** The writes that have begun. */
  readonly #writes = new Map<string, Promise<void>>();
  #isAborted = false;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  read(key: string, stored?: StoredBlob): Promise<Uint8Array> {
    return this.#blobs.read(key, stored);
  }

  /** @throws where it has been aborted */
  write(key: string, bytes: Uint8Array): Promise<void> {
    return this.#begin(key, () => this.#blobs.write(key, bytes));
  }

  /** @throws where it has been aborted */
  take(key: string, path: string): Promise<void> {
    return this.#begin(key, () => this.#blobs.take(key, path));
  }

  remove(key: string): Promise<void> {
    this.#writes.delete(key);
    return this.#blobs.remove(key);
  }

  #begin(key: string, work: () => Promise<void>): Promise<void> {
    return this.#limit(() => {
      if (this.#isAborted) throw new Error("the job has been stopped");
      const write = work();
      this.#writes.set(key, write);
      return write;
    });
  }

  /** Lets no more writes begin: those that wait fail at once. */
  abort(): void {
    this.#isAborted = true;
  }

  /** Also what is still being written. What cannot be removed stays: nothing refers to it. */
  async removeAll(): Promise<void> {
    await Promise.allSettled(this.#writes.values());
    await Promise.allSettled([...this.#writes.keys()].map((key) => this.#blobs.remove(key)));
  }
}
