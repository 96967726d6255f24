import type { Clock } from "../../../domain/time/clock.ts";

/** Delays that end together: afterwards nothing is delayed, not even later calls. */
export class PendingDelays {
  readonly #ends = new Set<() => void>();
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    for (const end of this.#ends) end();
  }

  /** @returns unsubscribes */
  onEnd(end: () => void): () => void {
    this.#ends.add(end);
    return () => void this.#ends.delete(end);
  }
}

/**
 * Waits for a time, which may be Infinity, or until one of several has ended.
 * @returns false if one has ended
 */
export async function waitOn(
  clock: Clock,
  milliseconds: number,
  all: readonly PendingDelays[],
): Promise<boolean> {
  const isOver = (): boolean => all.some((waits) => waits.isOver);
  if (milliseconds <= 0 || isOver()) return !isOver();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      for (const forget of forgets) forget();
      resolve();
    };
    const cancel = Number.isFinite(milliseconds) ? clock.schedule(milliseconds, end) : () => {};
    const forgets = all.map((waits) => waits.onEnd(end));
  });
  return !isOver();
}
