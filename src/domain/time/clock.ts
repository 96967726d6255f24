/** Milliseconds since 1970, the end of the year 9999: later times no client of every language reads. */
export const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The emulator's one source of time. Everything that waits, waits on it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Runs `task` once, `delayMs` from now; answers how to call it off. What is `inBackground` nobody
   * waits for: a clock that goes to what is due next passes it over.
   */
  schedule(delayMs: number, task: () => void, inBackground?: boolean): () => void;
  /** Says that something is being done: a clock that is moved by hand waits for it. */
  during<T>(work: Promise<T>): Promise<T>;
}
