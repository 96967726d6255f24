import { statfs } from "node:fs/promises";
import { SnapshotError } from "./snapshot-error.ts";

/** Share of the free space at the start of a write, so that the disk never gets full. */
const SHARE = 0.75;
/** Files, and entries in a folder, take whole blocks. */
const MIN_FILE_BYTES = 4096;

/** How many bytes of input of unknown size may be written to a disk. */
export class DiskSpace {
  readonly #byteLength: number;
  readonly #files: number;
  #bytesLeft: number;
  #filesLeft: number;

  constructor({ byteLength, files }: { readonly byteLength: number; readonly files: number }) {
    [this.#byteLength, this.#files] = [byteLength, files];
    [this.#bytesLeft, this.#filesLeft] = [byteLength, files];
  }

  static async of(folder: string): Promise<DiskSpace> {
    const { bavail, bsize, files, ffree } = await statfs(folder);
    // Some file systems do not count files.
    const freeFiles = files === 0 ? Number.POSITIVE_INFINITY : ffree;
    return new DiskSpace({
      byteLength: Math.floor(bavail * bsize * SHARE),
      files: Math.floor(freeFiles * SHARE),
    });
  }

  /** Reserves space for a file. @throws SnapshotError if it does not fit */
  take(byteLength: number): void {
    this.#bytesLeft -= Math.max(byteLength, MIN_FILE_BYTES);
    this.#filesLeft -= 1;
    if (this.#bytesLeft < 0)
      throw new SnapshotError(
        "SnapshotTooLarge",
        `it needs more than ${this.#byteLength} bytes, ${SHARE * 100} % of the free disk space`,
      );
    if (this.#filesLeft < 0)
      throw new SnapshotError(
        "SnapshotTooLarge",
        `it has more than ${this.#files} files, ${SHARE * 100} % of the files that fit on the disk`,
      );
  }
}
