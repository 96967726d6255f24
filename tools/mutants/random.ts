/** The same numbers for the same seed: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A new array in random order. Of two items, the one of more weight is more often the first. */
  shuffle<T>(items: readonly T[], weightOf: (item: T) => number = () => 1): T[] {
    // Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006.
    const keyed = items.map((item) => ({ item, key: this.next() ** (1 / weightOf(item)) }));
    return keyed.sort((a, b) => b.key - a.key).map(({ item }) => item);
  }
}
