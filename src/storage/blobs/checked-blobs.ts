import {
  checksumOf,
  UnreadableBlob,
  type BlobChecksum,
  type MeasuredBlobs,
  type StoredBlob,
} from "../../domain/blobs.ts";
import { isMissing } from "../files/errno-messages.ts";
import { NotAFile } from "../files/regular-file.ts";
import { FolderError } from "../folder/folder-error.ts";

/** At most some hundred megabytes of keys; blobs beyond that are checked again. */
const MAX_CHECKED = 1_000_000;

/** What is wrong with a blob's file; undefined if the fault is not the blob's. */
function faultOf(error: unknown): string | undefined {
  if (isMissing(error)) return "is missing";
  if (error instanceof NotAFile) return `${error.what}, not a file`;
  return error instanceof FolderError ? "is below a link, and links are not followed" : undefined;
}

const damage = (found: BlobChecksum, expected: BlobChecksum): string =>
  `is damaged: its length and CRC-32 are ${found}, expected ${expected}`;

/** Checks a blob at its first read only. */
export class CheckedBlobs implements MeasuredBlobs {
  readonly #blobs: MeasuredBlobs;
  readonly #pathOf: (key: string) => string;
  readonly #checked = new Set<string>();

  /** @param pathOf the path of a key, for the message */
  constructor(blobs: MeasuredBlobs, pathOf: (key: string) => string) {
    this.#blobs = blobs;
    this.#pathOf = pathOf;
  }

  async read(key: string, stored?: StoredBlob): Promise<Uint8Array> {
    const bytes = await this.#blobs.read(key, stored).catch((error: unknown) => {
      throw this.#tell(error, stored);
    });
    if (stored?.checksum === undefined || this.#checked.has(key)) return bytes;
    const found = checksumOf(bytes);
    if (found !== stored.checksum)
      throw new UnreadableBlob(stored, damage(found, stored.checksum), this.#pathOf(key));
    if (this.#checked.size >= MAX_CHECKED) this.#checked.clear();
    this.#checked.add(key);
    return bytes;
  }

  byteLength(key: string, stored?: StoredBlob): Promise<number> {
    return this.#blobs.byteLength(key, stored).catch((error: unknown) => {
      throw this.#tell(error, stored);
    });
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

  #tell(error: unknown, stored: StoredBlob | undefined): unknown {
    const fault = faultOf(error);
    if (stored === undefined || fault === undefined) return error;
    return new UnreadableBlob(stored, fault, this.#pathOf(stored.key), error);
  }
}
