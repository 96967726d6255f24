import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Node reads no more than this in one go. */
const MAX_READ_BYTES = 2 ** 30;
/** Memory that is kept for the next file; one that needs more gets memory of its own. */
const MAX_KEPT_BYTES = 16 * 2 ** 20;

/** Reads files of any size, one after the other, mostly into the same memory. */
export class FileReader {
  #kept = new ArrayBuffer(0);

  /** @returns the file's bytes, until the next one is read; no Buffer, whose `slice` copies nothing */
  read(path: string): Uint8Array {
    const file = openSync(path, "r");
    try {
      const bytes = this.#room(fstatSync(file).size);
      for (let position = 0; position < bytes.length;) {
        const length = Math.min(MAX_READ_BYTES, bytes.length - position);
        const bytesRead = readSync(file, bytes, position, length, position);
        if (bytesRead === 0) throw new Error(`expected ${bytes.length} bytes, the file ends at ${position}`);
        position += bytesRead;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  #room(byteLength: number): Uint8Array {
    if (byteLength > MAX_KEPT_BYTES) return new Uint8Array(byteLength);
    if (byteLength > this.#kept.byteLength)
      this.#kept = new ArrayBuffer(Math.min(2 * byteLength, MAX_KEPT_BYTES));
    return new Uint8Array(this.#kept, 0, byteLength);
  }
}
