import type { MeasuredBlobs, StoredBlob } from "../../domain/blobs.ts";

/** Of all that is held. */
const MAX_BYTES = 32 * 2 ** 20;
/** Larger blobs would push too many others out. */
const MAX_BLOB_BYTES = 2 * 2 ** 20;

/**
 * Holds what was read last, since a viewer asks for the frames around it again and again and a blob
 * never changes. What is handed out is shared: nobody may write into it.
 */
export class CachedBlobs implements MeasuredBlobs {
  readonly #blobs: MeasuredBlobs;
  /** The one read last is last. */
  readonly #held = new Map<string, Uint8Array>();
  #heldBytes = 0;

  constructor(blobs: MeasuredBlobs) {
    this.#blobs = blobs;
  }

  async read(key: string, stored?: StoredBlob): Promise<Uint8Array> {
    const held = this.#held.get(key);
    if (held !== undefined) {
      this.#held.delete(key);
      this.#held.set(key, held);
      return held;
    }
    const bytes = await this.#blobs.read(key, stored);
    this.#hold(key, bytes);
    return bytes;
  }

  async byteLength(key: string, stored?: StoredBlob): Promise<number> {
    return this.#held.get(key)?.length ?? this.#blobs.byteLength(key, stored);
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    this.#drop(key);
    return this.#blobs.write(key, bytes);
  }

  take(key: string, path: string): Promise<void> {
    this.#drop(key);
    return this.#blobs.take(key, path);
  }

  remove(key: string): Promise<void> {
    this.#drop(key);
    return this.#blobs.remove(key);
  }

  #hold(key: string, bytes: Uint8Array): void {
    if (bytes.length > MAX_BLOB_BYTES) return;
    this.#drop(key);
    this.#held.set(key, bytes);
    this.#heldBytes += bytes.length;
    for (const oldest of this.#held.keys()) {
      if (this.#heldBytes <= MAX_BYTES) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#heldBytes -= this.#held.get(key)?.length ?? 0;
    this.#held.delete(key);
  }
}
