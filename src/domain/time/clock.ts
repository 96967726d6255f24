/**
 * The end of the year 9999, in milliseconds since 1970: clients in some languages cannot parse later times.
 */
export const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The emulator's only source of time. Everything that waits uses it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Runs `task` once, `delayMs` from now; returns a function that cancels it. A clock that moves to the next
   * task skips tasks that are `inBackground`.
   */
  schedule(delayMs: number, task: () => void, inBackground?: boolean): () => void;
  /** Marks work as in flight: a clock that is moved by hand waits for it. */
  during<T>(work: Promise<T>): Promise<T>;
}
