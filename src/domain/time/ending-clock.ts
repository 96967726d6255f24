import type { Clock } from "./clock.ts";

/** Another clock's time for a limited life: when it ends, its pending tasks are cancelled. */
export class EndingClock implements Clock {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();
  /** Lets those go who wait for what is being done. */
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

  /** Calls everything off. Nobody waits for what is still being done. */
  end(): void {
    this.#isEnded = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    for (const release of this.#releases) release();
  }
}
