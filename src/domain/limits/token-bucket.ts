import type { Throttle } from "../../api/limits/published-limits.ts";

/** The price of a call. Levels are whole billionths of a token, so they never drift. */
const TOKEN = 1_000_000_000;

/** Allows `burst` calls at once, and `rate` calls per second from then on. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #gainPerMs: number;
  #level: number;
  #filledAt: number;

  /**
   * @param throttle has a rate of whole millionths, up to a million (`readThrottling` checks it)
   * @param now in milliseconds, as for every method
   */
  constructor({ rate, burst }: Throttle, now: number) {
    this.#capacity = Math.round(burst * TOKEN);
    this.#gainPerMs = Math.round((rate * TOKEN) / 1000);
    this.#level = this.#capacity;
    this.#filledAt = Math.floor(now);
  }

  /** Whether one more call is allowed; if so, it is counted. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#level < TOKEN) return false;
    this.#level -= TOKEN;
    return true;
  }

  /** Tokens, and parts of one. */
  left(now: number): number {
    this.#fill(now);
    return this.#level / TOKEN;
  }

  isFull(now: number): boolean {
    this.#fill(now);
    return this.#level === this.#capacity;
  }

  /** How long until a call is allowed. */
  waitMs(now: number): number {
    this.#fill(now);
    return Math.max(0, Math.ceil((TOKEN - this.#level) / this.#gainPerMs));
  }

  /** If the clock was set back the count starts again: callers do not wait for the clock to catch up. */
  #fill(now: number): void {
    const elapsedMs = Math.max(0, Math.floor(now) - this.#filledAt);
    this.#level = Math.min(this.#capacity, this.#level + elapsedMs * this.#gainPerMs);
    this.#filledAt = Math.floor(now);
  }
}
