/** How far a search has come through a list. */
export interface SearchProgress<T> {
  /** What it has found so far, in order. */
  readonly found: T[];
  /** The next item: its chunk, and its place in it. */
  chunk: number;
  at: number;
}

/** Searches of a list that are kept: each has at most a reference to every item. */
const MAX_KEPT = 4;

/**
 * The latest searches of a list, until the list changes: a page continues where the page before it ended, instead of
 * testing everything again.
 */
export class SearchProgresses<T> {
  readonly #kept = new Map<string, SearchProgress<T>>();

  /** @param key of the search's conditions */
  of(key: string): SearchProgress<T> {
    const progress = this.#kept.get(key) ?? { found: [], chunk: 0, at: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, progress);
    const [oldest = key] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(oldest);
    return progress;
  }

  clear(): void {
    this.#kept.clear();
  }
}

/** Continues until this number of items is found, or the list ends. */
export function advance<T>(
  progress: SearchProgress<T>,
  chunks: readonly (readonly T[])[],
  test: (item: T) => boolean,
  count: number,
): void {
  const { found } = progress;
  for (; progress.chunk < chunks.length; progress.chunk += 1, progress.at = 0) {
    const chunk = chunks[progress.chunk] ?? [];
    while (progress.at < chunk.length) {
      if (found.length >= count) return;
      const item = chunk[progress.at++];
      if (item !== undefined && test(item)) found.push(item);
    }
  }
}
