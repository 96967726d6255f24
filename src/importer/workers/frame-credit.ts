/** Frames of one worker that may lie in the spool folder: more than a disk that keeps up ever has waiting. */
const MAX_UNTAKEN_FRAMES = 16;

/** Lets a worker write frames only as fast as they are taken from the spool folder. */
export class FrameCredit {
  #left = MAX_UNTAKEN_FRAMES;
  #proceed: (() => void) | undefined;

  /** Call before each frame, one call at a time. Waits while too many frames have not been taken. */
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
