import { unlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "../../api/error-message.ts";
import { writeNewFileSync } from "../../storage/files/new-file.ts";
import type { Spool } from "../protocol.ts";

/** A frame could not be written: a fault of the disk, not of the file. */
export class SpoolError extends Error {}

/**
 * Writes the encoded frames of one task as files in the spool folder: a worker encodes the next frame once
 * the previous one is on disk, and no frame passes through the memory of another thread.
 */
export class FrameSpool {
  readonly #spool: Spool;
  #count = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** @throws SpoolError; then no part of the frame remains */
  put(codestream: Uint8Array): string {
    const path = pathOf(this.#spool, this.#count + 1);
    try {
      writeNewFileSync(path, codestream);
      this.#count += 1;
    } catch (cause) {
      discardPartial(path);
      throw new SpoolError(errorMessage(cause), { cause });
    }
    return path;
  }
}

/** A frame that a full disk truncated. */
function discardPartial(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // No byte of it could be written.
  }
}

/** Deletes the frames of an abandoned task that were not passed on: all after the first `handedOn`. */
export function discardOrphans(spool: Spool, handedOn: number): void {
  try {
    for (let number = handedOn + 1; ; number++) unlinkSync(pathOf(spool, number));
  } catch {
    // That frame does not exist, so later ones do not either.
  }
}

/** Deletes a frame that is not needed. */
export const discardFrame = (path: string): Promise<void> => rm(path, { force: true });

const pathOf = ({ spoolFolder, spoolName }: Spool, number: number): string =>
  join(spoolFolder, `${spoolName}-${number}`);

/** Frames of one worker that may wait in the spool folder: more than a fast enough disk ever has waiting. */
const MAX_UNTAKEN_FRAMES = 16;

/** Limits how fast a worker writes frames to how fast they are taken from the spool folder. */
export class FrameCredit {
  #left = MAX_UNTAKEN_FRAMES;
  #proceed: (() => void) | undefined;

  /** Call it before each frame, one call at a time. Waits while too many frames have not been taken. */
  async spend(): Promise<void> {
    if (this.#left === 0) await new Promise<void>((resolve) => (this.#proceed = resolve));
    this.#left -= 1;
  }

  /** A frame was taken. */
  giveBack(): void {
    this.#left += 1;
    this.#proceed?.();
    this.#proceed = undefined;
  }
}
