import { latestVersion, type ImageSet } from "../image-sets/image-set.ts";
import type { Query } from "./search.ts";
import {
  searchEntryOf,
  SORT_FIELDS,
  TEXT_ATTRIBUTES,
  type FlagAttribute,
  type SearchEntry,
  type TextAttribute,
} from "./search-entry.ts";
import { SearchGroup } from "./search-group.ts";
import type { Place } from "./search-order.ts";
import type { Follower } from "../state.ts";

type GroupAttribute = TextAttribute | FlagAttribute;

/**
 * All image sets that a search can find, by data store, by time and by the value of each text attribute and flag. It
 * follows the state, so a search finds exactly what the state has, also within a change.
 */
export class SearchIndex implements Follower<ImageSet> {
  readonly #entries = new Map<string, SearchEntry>();
  readonly #datastores = new Map<string, DatastoreGroups>();
  readonly #attributes: readonly GroupAttribute[];

  /** @param flags that the served release can search by */
  constructor(flags: readonly FlagAttribute[] = []) {
    this.#attributes = [...TEXT_ATTRIBUTES, ...flags];
  }

  put(imageSet: ImageSet): void {
    const entry = this.#entries.get(imageSet.imageSetId);
    if (latestVersion(imageSet).imageSetState === "DELETED") return this.drop(imageSet);
    if (entry === undefined) return this.#add(searchEntryOf(imageSet));
    const next = searchEntryOf(imageSet);
    if (this.#attributes.every((attribute) => entry[attribute] === next[attribute])) {
      this.#move(entry, next);
    } else {
      this.drop(imageSet);
      this.#add(next);
    }
  }

  drop({ imageSetId }: ImageSet): void {
    const entry = this.#entries.get(imageSetId);
    if (entry === undefined) return;
    this.#entries.delete(imageSetId);
    this.#groups(entry).remove(entry);
  }

  /** The first `count` results of a query in a data store after a place. */
  find(datastoreId: string, query: Query, after: Place | undefined, count: number): SearchEntry[] {
    return this.#datastores.get(datastoreId)?.smallest(query)?.find(query, after, count) ?? [];
  }

  #add(entry: SearchEntry): void {
    this.#entries.set(entry.imageSetId, entry);
    this.#groups(entry).add(entry);
  }

  /** The usual change: only `updatedAt`. */
  #move(entry: SearchEntry, next: SearchEntry): void {
    const fields = SORT_FIELDS.filter((field) => entry[field] !== next[field]);
    const groups = this.#groups(entry).of(entry);
    for (const group of groups) group.unsort(entry, fields);
    Object.assign(entry, next);
    for (const group of groups) group.sort(entry, fields);
  }

  #groups({ imageSet: { datastoreId } }: SearchEntry): DatastoreGroups {
    let groups = this.#datastores.get(datastoreId);
    if (groups === undefined) {
      groups = new DatastoreGroups(this.#attributes);
      this.#datastores.set(datastoreId, groups);
    }
    return groups;
  }
}

/** The image sets of one data store: all of them, and groups that share an attribute's value. */
class DatastoreGroups {
  readonly #all = new SearchGroup();
  readonly #byValue: ReadonlyMap<string, Map<string, SearchGroup>>;
  readonly #attributes: readonly GroupAttribute[];

  constructor(attributes: readonly GroupAttribute[]) {
    this.#attributes = attributes;
    this.#byValue = new Map(attributes.map((attribute) => [attribute, new Map<string, SearchGroup>()]));
  }

  add(entry: SearchEntry): void {
    for (const attribute of this.#attributes) {
      const value = entry[attribute];
      const groups = this.#byValue.get(attribute);
      if (value !== undefined && groups?.has(value) === false) groups.set(value, new SearchGroup());
    }
    for (const group of this.of(entry)) group.add(entry);
  }

  remove(entry: SearchEntry): void {
    for (const group of this.of(entry)) group.remove(entry);
    for (const attribute of this.#attributes) {
      const value = entry[attribute];
      const groups = this.#byValue.get(attribute);
      if (value !== undefined && groups?.get(value)?.size === 0) groups.delete(value);
    }
  }

  of(entry: SearchEntry): SearchGroup[] {
    const groups = [this.#all];
    for (const attribute of this.#attributes) {
      const value = entry[attribute];
      const group = value === undefined ? undefined : this.#byValue.get(attribute)?.get(value);
      if (group !== undefined) groups.push(group);
    }
    return groups;
  }

  /** The smallest group that contains all results; undefined if there are none. */
  smallest({ ranges }: Query): SearchGroup | undefined {
    let smallest = this.#all;
    for (const { attribute, low, high } of ranges) {
      const groups = this.#byValue.get(attribute);
      if (groups === undefined || low !== high) continue;
      const group = groups.get(String(low));
      if (group === undefined) return undefined;
      if (group.size < smallest.size) smallest = group;
    }
    return smallest;
  }
}
