import type { JsonValue } from "../image-sets/metadata/metadata-document.ts";
import type { Matcher } from "./match-values.ts";

/**
 * The items of a list by the values that an attribute has in them, for searches of which few items are found: each value
 * is tested once, and one that is asked for exactly is looked up.
 */
export class ValueGroups<T> {
  readonly #items: readonly T[];
  /** Places in the list, ascending, by value. Most values of UIDs and names have one. */
  readonly #places = new Map<string, number | number[]>();
  /** The same as lists, once a search has tested each value. */
  #tested:
    | { readonly values: readonly string[]; readonly places: readonly (number | number[])[] }
    | undefined;

  /** @param read the value in an item; undefined if it is missing */
  constructor(items: readonly T[], read: (item: T) => JsonValue | undefined) {
    this.#items = items;
    for (const [place, item] of items.entries()) this.#add(read(item), place);
  }

  /** The items from a place on whose value matches, in the order of the list. */
  find(matches: Matcher, from: number): T[] {
    const places = this.#placesOf(matches);
    // An item with several values may be there several times.
    const sorted = Uint32Array.from(places).toSorted();
    const found: T[] = [];
    for (let at = 0; at < sorted.length; at++) {
      const place = sorted[at] ?? 0;
      const item = this.#items[place];
      if (item !== undefined && place >= from && place !== sorted[at - 1]) found.push(item);
    }
    return found;
  }

  #placesOf(matches: Matcher): number[] {
    if (matches.exact !== undefined) return matches.exact.flatMap((value) => this.#places.get(value) ?? []);
    this.#tested ??= { values: sideBySide([...this.#places.keys()]), places: [...this.#places.values()] };
    const { values, places } = this.#tested;
    const found: number[] = [];
    for (let at = 0; at < values.length; at++) {
      const own = matches(values[at]) ? places[at] : undefined;
      if (typeof own === "number") found.push(own);
      else for (const place of own ?? []) found.push(place);
    }
    return found;
  }

  #add(value: JsonValue | undefined, place: number): void {
    if (Array.isArray(value)) {
      for (const each of value as readonly JsonValue[]) this.#add(each, place);
      return;
    }
    if (typeof value !== "number" && (typeof value !== "string" || value === "")) return;
    const text = String(value).trim();
    const known = this.#places.get(text);
    if (Array.isArray(known)) known.push(place);
    else this.#places.set(text, known === undefined ? place : [known, place]);
  }
}

/** New strings, one after the other in memory: they are read twice as fast as those of 100,000 documents. */
const sideBySide = (values: readonly string[]): string[] => JSON.parse(JSON.stringify(values)) as string[];
