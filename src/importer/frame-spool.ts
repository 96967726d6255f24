import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A frame could not be put down: the disk's fault, not the file's. */
export class SpoolError extends Error {}

/**
 * Puts encoded frames down as files, to be taken from there: a worker makes the next frame when the
 * disk has the one before it, and no frame passes through the memory of another thread.
 */
export class FrameSpool {
  readonly #folder: string;
  readonly #prefix = randomBytes(8).toString("hex");
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws SpoolError */
  put(codestream: Uint8Array): string {
    this.#count += 1;
    const path = join(this.#folder, `${this.#prefix}-${this.#count}`);
    try {
      writeFileSync(path, codestream, { flag: "wx" });
    } catch (cause) {
      throw new SpoolError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
    return path;
  }
}
