import type { Query, Range } from "./search.ts";
import { SORT_FIELDS, type SearchEntry, type SortField } from "./search-entry.ts";
import {
  compareBy,
  compareFor,
  isBehind,
  spanOf,
  walk,
  walkSpan,
  type Place,
  type Span,
} from "./search-order.ts";
import { SortedList } from "./sorted-list.ts";

/** Up to this number, sorting on demand costs less than keeping entries sorted. */
const MAX_UNSORTED = 256;

/** Another field's range is used if it leaves at most this share of the entries. */
const MAX_DETOUR = 1 / 4;

type Orders = Readonly<Record<SortField, SortedList<SearchEntry>>>;

/** Image sets with a common property, sortable in any order. */
export class SearchGroup {
  #unsorted: SearchEntry[] = [];
  /** Only if there are many. */
  #orders: Orders | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(entry: SearchEntry): void {
    this.#size += 1;
    if (this.#orders !== undefined) this.sort(entry, SORT_FIELDS);
    else if (this.#unsorted.push(entry) > MAX_UNSORTED) this.#sortAll();
  }

  remove(entry: SearchEntry): void {
    this.#size -= 1;
    if (this.#orders !== undefined) this.unsort(entry, SORT_FIELDS);
    else this.#unsorted.splice(this.#unsorted.indexOf(entry), 1);
  }

  /** Removes an entry from the orders by these fields before they change. */
  unsort(entry: SearchEntry, fields: readonly SortField[]): void {
    for (const field of fields) this.#orders?.[field].delete(entry);
  }

  sort(entry: SearchEntry, fields: readonly SortField[]): void {
    for (const field of fields) this.#orders?.[field].add(entry);
  }

  /** The first `count` results of a query after a place. */
  find(query: Query, after: Place | undefined, count: number): SearchEntry[] {
    const entries = this.#orders === undefined ? this.#unsorted : detour(this.#orders, query);
    if (entries !== undefined) return sortFirst(entries, query, after, count);
    const found: SearchEntry[] = [];
    if (this.#orders === undefined) return found;
    for (const entry of walk(this.#orders[query.sortField], query, after)) {
      if (isFound(entry, query) && found.push(entry) === count) break;
    }
    return found;
  }

  #sortAll(): void {
    this.#orders = {
      updatedAt: new SortedList(compareBy("updatedAt")),
      createdAt: new SortedList(compareBy("createdAt")),
      DICOMStudyDateAndTime: new SortedList(compareBy("DICOMStudyDateAndTime")),
    };
    for (const entry of this.#unsorted) this.sort(entry, SORT_FIELDS);
    this.#unsorted = [];
  }
}

/** The candidates of another field's range, if they are far fewer than those of the requested order. */
function detour(orders: Orders, query: Query): Iterable<SearchEntry> | undefined {
  const { sortField, isDescending, ranges } = query;
  const longest = countOf(orders, sortField, spanOf(query)) * MAX_DETOUR;
  for (const range of ranges) {
    const field = SORT_FIELDS.find((candidate) => candidate === range.attribute);
    if (field === undefined || field === sortField || countOf(orders, field, range) > longest) continue;
    return walkSpan(orders[field], field, isDescending, range);
  }
  return undefined;
}

const countOf = (orders: Orders, field: SortField, { low, high }: Span): number =>
  orders[field].count((entry) => entry[field] <= high) - orders[field].count((entry) => entry[field] < low);

/** The first `count` after a place, of unsorted entries. */
function sortFirst(
  entries: Iterable<SearchEntry>,
  query: Query,
  after: Place | undefined,
  count: number,
): SearchEntry[] {
  const compare = compareFor(query);
  const best: SearchEntry[] = [];
  let last: SearchEntry | undefined;
  for (const entry of entries) {
    if (last !== undefined && compare(entry, last) > 0) continue;
    if (!isFound(entry, query) || (after !== undefined && !isBehind(entry, query, after))) continue;
    if (best.push(entry) < 2 * count) continue;
    best.sort(compare).length = count;
    last = best.at(-1);
  }
  return best.sort(compare).slice(0, count);
}

const isFound = (entry: SearchEntry, { ranges }: Query): boolean =>
  ranges.every((range) => isWithin(entry, range));

function isWithin(entry: SearchEntry, { attribute, low, high }: Range): boolean {
  const key = entry[attribute];
  return key !== undefined && key >= low && key <= high;
}
