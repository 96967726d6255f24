import { unlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Spool } from "./protocol.ts";

/** A frame could not be put down: the disk's fault, not the file's. */
export class SpoolError extends Error {}

/**
 * Puts encoded frames down as files, to be taken from there: a worker makes the next frame when the
 * disk has the one before it, and no frame passes through the memory of another thread.
 */
export class FrameSpool {
  readonly #spool: Spool;
  #count = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** @throws SpoolError */
  put(codestream: Uint8Array): string {
    const path = pathOf(this.#spool, this.#count + 1);
    try {
      writeFileSync(path, codestream);
      this.#count += 1;
    } catch (cause) {
      throw new SpoolError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
    return path;
  }
}

/** Deletes what a worker put down and nobody heard of: it ended first, or its file was given up. */
export function discardUnheard(spool: Spool, heard: number): void {
  try {
    for (let number = heard + 1; ; number++) unlinkSync(pathOf(spool, number));
  } catch {
    // That one is not there, nor are those after it.
  }
}

/** Deletes a frame that is not taken. */
export const discardFrame = (path: string): Promise<void> => rm(path, { force: true });

const pathOf = ({ spoolFolder, spoolName }: Spool, number: number): string =>
  join(spoolFolder, `${spoolName}-${number}`);
