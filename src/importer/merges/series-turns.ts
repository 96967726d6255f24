interface Waiting {
  readonly series: ReadonlySet<string>;
  readonly begin: () => void;
}

/**
 * Which series import jobs are writing to: one job at a time for each series, in the order in which they ask. A job takes
 * all of its series at once, so jobs never wait for each other in a loop.
 */
export class SeriesTurns {
  readonly #taken = new Set<string>();
  readonly #waiting: Waiting[] = [];

  /**
   * @param signal ends the wait
   * @returns resolves to a function that gives the series back, once no other job has any of them
   */
  take(series: ReadonlySet<string>, signal: AbortSignal): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    if (signal.aborted) reject(signal.reason as Error);
    const leave = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      reject(signal.reason as Error);
      this.#beginNext();
    };
    const begin = (): void => {
      signal.removeEventListener("abort", leave);
      resolve(() => this.#giveBack(series));
    };
    const waiting = { series, begin };
    if (signal.aborted) return promise;
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.push(waiting);
    this.#beginNext();
    return promise;
  }

  /** As `take`, but at once or not at all. */
  takeFree(series: ReadonlySet<string>): (() => void) | undefined {
    const isBusy = this.#waiting.some((waiting) => !waiting.series.isDisjointFrom(series));
    if (isBusy || !this.#taken.isDisjointFrom(series)) return undefined;
    for (const one of series) this.#taken.add(one);
    return () => this.#giveBack(series);
  }

  #giveBack(series: ReadonlySet<string>): void {
    for (const one of series) this.#taken.delete(one);
    this.#beginNext();
  }

  #beginNext(): void {
    // What an earlier job waits for is not free either: a job with many series would wait forever.
    const busy = new Set(this.#taken);
    const free = this.#waiting.filter(({ series }) => {
      const isFree = series.isDisjointFrom(busy);
      for (const one of series) busy.add(one);
      return isFree;
    });
    for (const waiting of free) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      for (const one of waiting.series) this.#taken.add(one);
      waiting.begin();
    }
  }
}
