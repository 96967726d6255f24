import type { Clock } from "./clock.ts";
import type { Durations } from "./durations.ts";
import type { Log } from "./log.ts";

interface Parts {
  readonly clock: Clock;
  readonly durations: Durations;
  readonly log: Log;
}

interface Work {
  readonly done: Promise<void>;
  readonly cancelled: AbortController;
}

/**
 * The work that holds image sets LOCKED: done while their least time in that state passes, and shown
 * when both are over. One piece of work an image set at a time.
 */
export class LockedWork {
  readonly #parts: Parts;
  readonly #underWay = new Map<string, Work>();
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  isUnderWay(imageSetId: string): boolean {
    return this.#underWay.has(imageSetId);
  }

  /**
   * @param since when it became LOCKED, in milliseconds since 1970
   * @param prepare does the work, and answers how to show it, which is synchronous
   */
  start(imageSetId: string, since: number, prepare: () => Promise<() => void>): void {
    if (this.#isStopped) return;
    const cancelled = new AbortController();
    const done = this.#run(since, prepare, cancelled.signal)
      .catch((error: unknown) => this.#parts.log.error(`the work on image set ${imageSetId} failed`, error))
      .finally(() => this.#underWay.delete(imageSetId));
    this.#underWay.set(imageSetId, { done, cancelled });
  }

  /** Does not show what is done to these image sets; resolves when nothing is. */
  async cancel(imageSetIds: Iterable<string>): Promise<void> {
    const cancelled = [...imageSetIds].flatMap((imageSetId) => this.#underWay.get(imageSetId) ?? []);
    for (const work of cancelled) work.cancelled.abort();
    await Promise.all(cancelled.map(({ done }) => done));
  }

  /** Shows nothing any more; resolves when nothing is being done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.cancel(this.#underWay.keys());
  }

  async #run(since: number, prepare: () => Promise<() => void>, cancelled: AbortSignal): Promise<void> {
    const [show] = await Promise.all([
      this.#parts.clock.during(prepare()),
      this.#leastTime(since, cancelled),
    ]);
    if (!cancelled.aborted) show();
  }

  #leastTime(since: number, cancelled: AbortSignal): Promise<void> {
    const { clock, durations } = this.#parts;
    const delayMs = Math.max(0, since + durations.imageSetLockedMs - clock.now());
    return new Promise((resolve) => {
      const callOff = clock.schedule(delayMs, resolve);
      const giveUp = (): void => {
        callOff();
        resolve();
      };
      cancelled.addEventListener("abort", giveUp, { once: true });
    });
  }
}
