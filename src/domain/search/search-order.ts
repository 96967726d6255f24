import type { Position } from "../paging.ts";
import type { Query } from "./search.ts";
import type { Key, SearchEntry, SortField } from "./search-entry.ts";
import type { SortedList } from "./sorted-list.ts";

/** The position of an entry among those sorted by one field. */
export interface Place {
  readonly key: Key;
  readonly imageSetId: string;
}

export interface Span {
  readonly low: Key;
  readonly high: Key;
}

/** The key of an image set whose study has no date. Assumed: undated-last. It comes last in both orders. */
const UNDATED = "";
const EVERYTHING: Readonly<Record<SortField, Span>> = {
  createdAt: { low: -Infinity, high: Infinity },
  updatedAt: { low: -Infinity, high: Infinity },
  DICOMStudyDateAndTime: { low: "0", high: "9".repeat(21) },
};

export const positionOf = (entry: SearchEntry, { sortField }: Query): Position => [
  entry[sortField],
  entry.imageSetId,
];

export const placeAt = ([key = UNDATED, imageSetId]: Position): Place => ({
  key,
  imageSetId: String(imageSetId),
});

/** The order of lists: ascending, and by id if keys are equal. */
export const compareBy =
  (field: SortField) =>
  (a: SearchEntry, b: SearchEntry): number =>
    compare(a[field], a.imageSetId, b[field], b.imageSetId);

/** The order that a query requests. */
export const compareFor =
  ({ sortField, isDescending }: Query) =>
  (a: SearchEntry, b: SearchEntry): number => {
    const [left, right] = [a[sortField], b[sortField]];
    if (left !== right && (left === UNDATED || right === UNDATED)) return left === UNDATED ? 1 : -1;
    const ascending = compare(left, a.imageSetId, right, b.imageSetId);
    return isDescending ? -ascending : ascending;
  };

/** Whether an entry comes after a place in the query's order. */
export function isBehind(entry: SearchEntry, query: Query, { key, imageSetId }: Place): boolean {
  const own = entry[query.sortField];
  if (own !== key && (own === UNDATED || key === UNDATED)) return own === UNDATED;
  const ascending = compare(own, entry.imageSetId, key, imageSetId);
  return query.isDescending ? ascending < 0 : ascending > 0;
}

/** The part of the sort field that the query's ranges leave. */
export function spanOf({ ranges, sortField }: Query): Span {
  return ranges
    .filter(({ attribute }) => attribute === sortField)
    .reduce<Span>(
      (span, { low, high }) => ({
        low: low > span.low ? low : span.low,
        high: high < span.high ? high : span.high,
      }),
      EVERYTHING[sortField],
    );
}

/** In the query's order, after a place; the start is found by binary search. */
export function* walk(
  list: SortedList<SearchEntry>,
  query: Query,
  after: Place | undefined,
): Iterable<SearchEntry> {
  const { sortField, isDescending, ranges } = query;
  if (after?.key !== UNDATED) yield* walkSpan(list, sortField, isDescending, spanOf(query), after);
  if (sortField !== "DICOMStudyDateAndTime") return;
  if (ranges.some(({ attribute }) => attribute === sortField)) return;
  const rest = after?.key === UNDATED ? after : undefined;
  yield* walkSpan(list, sortField, isDescending, { low: UNDATED, high: UNDATED }, rest);
}

export function* walkSpan(
  list: SortedList<SearchEntry>,
  field: SortField,
  isDescending: boolean,
  { low, high }: Span,
  after?: Place,
): Iterable<SearchEntry> {
  const compareToPlace = (entry: SearchEntry, { key, imageSetId }: Place): number =>
    compare(entry[field], entry.imageSetId, key, imageSetId);
  const entries = isDescending
    ? list.descending(
        (entry) => entry[field] <= high && (after === undefined || compareToPlace(entry, after) < 0),
      )
    : list.ascending(
        (entry) => entry[field] < low || (after !== undefined && compareToPlace(entry, after) <= 0),
      );
  for (const entry of entries) {
    if (isDescending ? entry[field] < low : entry[field] > high) return;
    yield entry;
  }
}

function compare(leftKey: Key, leftId: string, rightKey: Key, rightId: string): number {
  if (leftKey !== rightKey) return leftKey < rightKey ? -1 : 1;
  if (leftId === rightId) return 0;
  return leftId < rightId ? -1 : 1;
}
