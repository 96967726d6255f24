import type { Clock } from "./clock.ts";

/**
 * A view of another clock that can be ended: `end` cancels the tasks that were scheduled through it. Each instance has
 * one, so that a reset cancels the tasks of the old instance and the emulator's clock continues.
 */
export class EndingClock implements Clock {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();
  /** One for each task in flight: releases a move of the clock that waits for it. */
  readonly #releases = new Set<() => void>();
  #isEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  schedule(...[delayMs, task, ...rest]: Parameters<Clock["schedule"]>): () => void {
    if (this.#isEnded) return () => {};
    const run = (): void => {
      this.#cancels.delete(cancel);
      task();
    };
    const cancel = this.#clock.schedule(delayMs, run, ...rest);
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  during<T>(work: Promise<T>): Promise<T> {
    if (this.#isEnded) return work;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const release = (): void => {
      this.#releases.delete(release);
      resolve();
    };
    this.#releases.add(release);
    work.then(release, release);
    void this.#clock.during(over);
    return work;
  }

  /** Cancels all pending tasks. Moves of the clock no longer wait for work in flight. */
  end(): void {
    this.#isEnded = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    for (const release of this.#releases) release();
  }
}
