import { checksumOf, type BlobChecksum, type MeasuredBlobs, type StoredBlob } from "../../domain/blobs.ts";

/** Some hundred megabytes of keys, at most; whatever is beyond is checked once more. */
const MAX_CHECKED = 1_000_000;

/** Says that a blob is not what was written. */
export class DamagedBlob extends Error {}

/** @param where it is, for the message. @throws DamagedBlob */
export function requireChecksum(where: string, found: BlobChecksum, expected: BlobChecksum): void {
  if (found === expected) return;
  throw new DamagedBlob(
    `${where} is damaged: its length and CRC-32 are ${found}, those of what was written are ${expected}`,
  );
}

/** Checks a blob at its first read: what was right once is not checked at each of many reads. */
export class CheckedBlobs implements MeasuredBlobs {
  readonly #blobs: MeasuredBlobs;
  readonly #pathOf: (key: string) => string;
  readonly #checked = new Set<string>();

  /** @param pathOf a key, for the message */
  constructor(blobs: MeasuredBlobs, pathOf: (key: string) => string) {
    this.#blobs = blobs;
    this.#pathOf = pathOf;
  }

  /** @throws DamagedBlob */
  async read(key: string, stored?: StoredBlob): Promise<Uint8Array> {
    const bytes = await this.#blobs.read(key, stored);
    const expected = stored?.checksum;
    if (expected === undefined || this.#checked.has(key)) return bytes;
    requireChecksum(this.#pathOf(key), checksumOf(bytes), expected);
    if (this.#checked.size >= MAX_CHECKED) this.#checked.clear();
    this.#checked.add(key);
    return bytes;
  }

  byteLength(key: string): Promise<number> {
    return this.#blobs.byteLength(key);
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    this.#checked.delete(key);
    return this.#blobs.write(key, bytes);
  }

  take(key: string, path: string): Promise<void> {
    this.#checked.delete(key);
    return this.#blobs.take(key, path);
  }

  remove(key: string): Promise<void> {
    this.#checked.delete(key);
    return this.#blobs.remove(key);
  }
}
