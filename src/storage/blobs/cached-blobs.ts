import { LRUCache } from "lru-cache";
import type { MeasuredBlobs, StoredBlob } from "../../domain/blobs.ts";

/** Bytes of all cached blobs. */
const MAX_BYTES = 32 * 2 ** 20;
/** Larger blobs would evict too many others. */
const MAX_BLOB_BYTES = 2 * 2 ** 20;

/**
 * Caches the blobs that were read last: a viewer requests the frames around the current one again and again,
 * and a blob never changes. Returned buffers are shared: callers must not write into them.
 */
export class CachedBlobs implements MeasuredBlobs {
  readonly #blobs: MeasuredBlobs;
  /** Created at the first read: a start does not load it. */
  #held: LRUCache<string, Uint8Array> | undefined;

  constructor(blobs: MeasuredBlobs) {
    this.#blobs = blobs;
  }

  async read(key: string, stored?: StoredBlob): Promise<Uint8Array> {
    const held = this.#held?.get(key);
    if (held !== undefined) return held;
    const bytes = await this.#blobs.read(key, stored);
    this.#held ??= new LRUCache({
      maxSize: MAX_BYTES,
      maxEntrySize: MAX_BLOB_BYTES,
      sizeCalculation: sizeOf,
    });
    this.#held.set(key, bytes);
    return bytes;
  }

  async byteLength(key: string, stored?: StoredBlob): Promise<number> {
    return this.#held?.peek(key)?.length ?? this.#blobs.byteLength(key, stored);
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    this.#held?.delete(key);
    return this.#blobs.write(key, bytes);
  }

  take(key: string, path: string): Promise<void> {
    this.#held?.delete(key);
    return this.#blobs.take(key, path);
  }

  remove(key: string): Promise<void> {
    this.#held?.delete(key);
    return this.#blobs.remove(key);
  }
}

/** The cache does not accept a size of 0, so an empty blob counts as 1. */
const sizeOf = ({ length }: Uint8Array): number => Math.max(1, length);
