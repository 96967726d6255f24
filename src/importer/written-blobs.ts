import type { Blobs } from "../domain/blobs.ts";

/** Remembers what is written through it, so that a job that comes to nothing leaves nothing. */
export class WrittenBlobs implements Blobs {
  readonly #blobs: Blobs;
  readonly #writes = new Map<string, Promise<void>>();

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  read(key: string): Promise<Uint8Array> {
    return this.#blobs.read(key);
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    const write = this.#blobs.write(key, bytes);
    this.#writes.set(key, write);
    return write;
  }

  remove(key: string): Promise<void> {
    this.#writes.delete(key);
    return this.#blobs.remove(key);
  }

  /** Also what is still being written. What cannot be removed stays: nothing refers to it. */
  async removeAll(): Promise<void> {
    await Promise.allSettled(this.#writes.values());
    await Promise.allSettled([...this.#writes.keys()].map((key) => this.#blobs.remove(key)));
  }
}
