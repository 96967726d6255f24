/** A chunk that grows beyond this is split, so one insertion moves at most this many items in memory. */
const MAX_CHUNK = 512;

/**
 * Sorted items in chunks: to add, delete or find an item takes about as long among 100,000 as among a
 * hundred. No two items may compare equal.
 * `isBefore` must hold for the first n items and for none after them.
 */
export class SortedList<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #chunks: T[][] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  add(item: T): void {
    let { chunkIndex, index } = this.#locate((other) => this.#compare(other, item) < 0);
    if (chunkIndex === this.#chunks.length) {
      if (chunkIndex === 0) this.#chunks.push([]);
      else chunkIndex -= 1;
      index = this.#chunks[chunkIndex]?.length ?? 0;
    }
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) return;
    chunk.splice(index, 0, item);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  delete(item: T): void {
    const { chunkIndex, index } = this.#locate((other) => this.#compare(other, item) < 0);
    const chunk = this.#chunks[chunkIndex];
    const found = chunk?.[index];
    if (chunk === undefined || found === undefined || this.#compare(found, item) !== 0) return;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
  }

  count(isBefore: (item: T) => boolean): number {
    const { chunkIndex, index } = this.#locate(isBefore);
    return this.#chunks.slice(0, chunkIndex).reduce((sum, { length }) => sum + length, index);
  }

  /** In order, some hundred at a time: the fastest way through all of them. */
  get chunks(): readonly (readonly T[])[] {
    return this.#chunks;
  }

  /** Ascending, from the first item for which `isBefore` is false. */
  *ascending(isBefore: (item: T) => boolean): Iterable<T> {
    const start = this.#locate(isBefore);
    let { index } = start;
    for (let { chunkIndex } = start; chunkIndex < this.#chunks.length; chunkIndex++) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      for (; index < chunk.length; index++) yield chunk[index] as T;
      index = 0;
    }
  }

  /** Descending, from the last item for which `isBefore` is true. */
  *descending(isBefore: (item: T) => boolean): Iterable<T> {
    const start = this.#locate(isBefore);
    let { index } = start;
    for (let { chunkIndex } = start; chunkIndex >= 0; chunkIndex--) {
      const chunk = this.#chunks[chunkIndex] ?? [];
      while (index > 0) yield chunk[--index] as T;
      index = this.#chunks[chunkIndex - 1]?.length ?? 0;
    }
  }

  /** The position of the first item for which `isBefore` is false; after the last chunk if there is none. */
  #locate(isBefore: (item: T) => boolean): { chunkIndex: number; index: number } {
    const chunkIndex = partition(this.#chunks, (chunk) => isBefore(chunk[chunk.length - 1] as T));
    return { chunkIndex, index: partition(this.#chunks[chunkIndex] ?? [], isBefore) };
  }
}

/** For how many of the items `isBefore` is true. */
function partition<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
