import { setTimeout as delay } from "node:timers/promises";

export type Pause = (milliseconds: number) => Promise<unknown>;

export const pause: Pause = (milliseconds) => delay(milliseconds);

const FIRST_MS = 100;
const LONGEST_MS = 2_000;
/** Longer than AWS's slowest action makes a caller wait: CreateDatastore, once in 11.8 seconds. */
const PATIENCE_MS = 60_000;

/** Retries with growing delays, as the SDKs do, while the answer is a temporary error. */
export async function withBackOff<T>(
  ask: () => Promise<T>,
  passes: (error: unknown) => boolean,
  waitFor: Pause = pause,
): Promise<T> {
  let waitedMs = 0;
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!passes(error) || waitedMs >= PATIENCE_MS) throw error;
    }
    await waitFor(waitMs);
    waitedMs += waitMs;
  }
}
