import type { Clock } from "../src/domain/time/clock.ts";

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = Date.UTC(2024, 4, 1, 12);
  #due: { at: number; task: () => void }[] = [];

  /** How many tasks wait for their time. */
  get scheduled(): number {
    return this.#due.length;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, task: () => void): () => void {
    const entry = { at: this.#now + delayMs, task };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  during<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  /** Runs what falls due on the way, in order. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.#now = next.at;
      next.task();
    }
    this.#now = end;
  }
}
