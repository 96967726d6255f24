import type { JsonValue } from "../image-sets/metadata/metadata-document.ts";
import type { Matcher } from "./match-values.ts";
import { ValueGroups } from "./value-groups.ts";

/** How far a search has come through a list. */
export interface SearchProgress<T> {
  /** What it has found so far, in order. */
  readonly found: T[];
  /** How many items it has tested. */
  place: number;
  /** The chunk of the next item, and its place in it. */
  chunk: number;
  at: number;
  /** What it tests after these, if not each item of the list. */
  rest: (Candidates<T> & { at: number }) | undefined;
}

/** Items among which all are that a search finds. */
export interface Candidates<T> {
  readonly items: readonly T[];
  /** Whether it finds each of them. */
  readonly areFound: boolean;
}

/** One condition of a search on the items of a list. */
export interface ItemCondition<T> {
  /** Stands for what `read` reads. */
  readonly name: string;
  readonly read: (item: T) => JsonValue | undefined;
  readonly matches: Matcher;
}

/** Searches of a list that are kept: each has at most a reference to every item. */
const MAX_KEPT = 4;

/**
 * The latest searches of a list, until the list changes: a page continues where the page before it ended, instead of
 * testing everything again. And the groups of the attributes that were asked for last: to make them takes as long as to
 * test every item.
 */
export class SearchProgresses<T> {
  readonly #kept = new Map<string, SearchProgress<T>>();
  readonly #groups = new Map<string, ValueGroups<T>>();

  /** @param key of the search's conditions */
  of(key: string): SearchProgress<T> {
    return keepLatest(this.#kept, key, newProgress<T>);
  }

  /**
   * Items among which all are that hold all conditions, from a place in the list on: those of the condition that fewest
   * hold. Undefined if groups do not help.
   */
  candidates(
    chunks: readonly (readonly T[])[],
    conditions: readonly ItemCondition<T>[],
    from: number,
  ): Candidates<T> | undefined {
    // What is missing is in no group.
    const usable = conditions.filter(({ matches }) => !matches(undefined)).slice(0, MAX_KEPT);
    const found = usable.map(({ name, read, matches }) =>
      keepLatest(this.#groups, name, () => new ValueGroups(chunks.flat(), read)).find(matches, from),
    );
    const [items] = found.toSorted((a, b) => a.length - b.length);
    return items && { items, areFound: conditions.length === 1 };
  }

  clear(): void {
    this.#kept.clear();
    this.#groups.clear();
  }
}

export const newProgress = <T>(): SearchProgress<T> => ({
  found: [],
  place: 0,
  chunk: 0,
  at: 0,
  rest: undefined,
});

function keepLatest<V>(kept: Map<string, V>, key: string, create: () => V): V {
  const value = kept.get(key) ?? create();
  kept.delete(key);
  kept.set(key, value);
  const [oldest = key] = kept.keys();
  if (kept.size > MAX_KEPT) kept.delete(oldest);
  return value;
}

/** Items that a search tests in order before it asks for candidates: most searches find a page among them. */
const MAX_TESTED = 4_096;

/**
 * Continues until this number of items is found, or the list ends.
 * @param candidates of the items from a place on; undefined if all of them are
 */
export function advance<T>(
  progress: SearchProgress<T>,
  chunks: readonly (readonly T[])[],
  test: (item: T) => boolean,
  candidates: (from: number) => Candidates<T> | undefined,
  count: number,
): void {
  if (progress.rest === undefined) {
    testEach(progress, chunks, test, count, MAX_TESTED);
    if (progress.found.length >= count || progress.chunk >= chunks.length) return;
    const rest = candidates(progress.place);
    if (rest === undefined) return testEach(progress, chunks, test, count, Infinity);
    progress.rest = { ...rest, at: 0 };
  }
  const { found, rest } = progress;
  while (rest.at < rest.items.length && found.length < count) {
    const item = rest.items[rest.at++];
    if (item !== undefined && (rest.areFound || test(item))) found.push(item);
  }
}

function testEach<T>(
  progress: SearchProgress<T>,
  chunks: readonly (readonly T[])[],
  test: (item: T) => boolean,
  count: number,
  end: number,
): void {
  const { found } = progress;
  for (; progress.chunk < chunks.length; progress.chunk += 1, progress.at = 0) {
    const chunk = chunks[progress.chunk] ?? [];
    while (progress.at < chunk.length) {
      if (found.length >= count || progress.place >= end) return;
      const item = chunk[progress.at++];
      progress.place += 1;
      if (item !== undefined && test(item)) found.push(item);
    }
  }
}
