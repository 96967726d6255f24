import type { Clock } from "./clock.ts";

/** Another clock's time for as long as something lasts: when it ends, nothing that it waits for comes any more. */
export class EndingClock implements Clock {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();
  readonly #ended = Promise.withResolvers<void>();
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
    const over = Promise.race([work, this.#ended.promise]).catch(() => {});
    void this.#clock.during(over);
    return work;
  }

  /** Calls everything off. Nobody waits for what is still being done. */
  end(): void {
    this.#isEnded = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#ended.resolve();
  }
}
