import type { Clock } from "./clock.ts";
import type { Durations } from "./durations.ts";
import type { Log } from "./log.ts";

interface Parts {
  readonly clock: Clock;
  readonly durations: Durations;
  readonly log: Log;
}

/**
 * The work that holds image sets LOCKED: done while their least time in that state passes, and shown
 * when both are over. One piece of work an image set at a time.
 */
export class LockedWork {
  readonly #parts: Parts;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stopped = Promise.withResolvers<void>();
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
    const work = this.#run(since, prepare)
      .catch((error: unknown) => this.#parts.log.error(`the work on image set ${imageSetId} failed`, error))
      .finally(() => this.#underWay.delete(imageSetId));
    this.#underWay.set(imageSetId, work);
  }

  /** Shows nothing any more; resolves when nothing is being done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopped.resolve();
    await Promise.all(this.#underWay.values());
  }

  async #run(since: number, prepare: () => Promise<() => void>): Promise<void> {
    const [show] = await Promise.all([this.#parts.clock.during(prepare()), this.#leastTime(since)]);
    if (!this.#isStopped) show();
  }

  #leastTime(since: number): Promise<void> {
    const { clock, durations } = this.#parts;
    const delayMs = Math.max(0, since + durations.imageSetLockedMs - clock.now());
    const passed = new Promise<void>((resolve) => void clock.schedule(delayMs, resolve));
    return Promise.race([passed, this.#stopped.promise]);
  }
}
