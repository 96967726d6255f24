import type { DicomIndex } from "./dicom-index.ts";
import type { IndexedInstance, IndexedSeries, IndexedStudy, Tested } from "./indexed.ts";
import type { Matcher } from "./match-values.ts";
import { advance, newProgress, type ItemCondition, type SearchProgresses } from "./search-progress.ts";
import { readInstance, readSeries, readStudy } from "./search-values.ts";

/** Each on the attribute of a keyword; all must hold. */
export type Conditions = readonly (readonly [keyword: string, matches: Matcher])[];

export interface DicomQuery {
  readonly studyInstanceUID?: string | undefined;
  /** Only within a study. */
  readonly seriesInstanceUID?: string | undefined;
  readonly study: Conditions;
  readonly series: Conditions;
  readonly instance: Conditions;
  readonly offset: number;
  readonly limit: number;
  /** Stands for the conditions: equal ones have the same. */
  readonly key: string;
}

/** The last update first (facts: dicomweb#searches). */
export const findStudies = (index: DicomIndex, query: DicomQuery): IndexedStudy[] =>
  cut(index.studies.chunks, query, testOfStudies(query), {
    progresses: index.progress.studies,
    conditions: conditionsOn(query.study, readStudy, (study) => study),
  });

/** By Series Number. */
export function findSeries(index: DicomIndex, query: DicomQuery): IndexedSeries[] {
  const test = testOfSeries(query);
  if (query.studyInstanceUID !== undefined) return cut([seriesIn(index, query)], query, test);
  const conditions = [
    ...conditionsOn(query.study, readStudy, ({ study }: IndexedSeries) => study),
    ...conditionsOn(query.series, readSeries, (series: IndexedSeries) => series),
  ];
  return cut(index.series.chunks, query, test, { progresses: index.progress.series, conditions });
}

/**
 * By Instance Number; those of a study: the last update first.
 * Assumed: order-in-a-study. Instances that were updated together are in the order of their series, and in it by
 * Instance Number.
 */
export function findInstances(index: DicomIndex, query: DicomQuery): IndexedInstance[] {
  const test = testOfInstances(query);
  if (query.studyInstanceUID === undefined) {
    const conditions = [
      ...conditionsOn(query.study, readStudy, ({ series }: IndexedInstance) => series.study),
      ...conditionsOn(query.series, readSeries, ({ series }: IndexedInstance) => series),
      ...conditionsOn(query.instance, readInstance, (instance: IndexedInstance) => instance),
    ];
    return cut(index.instances.chunks, query, test, { progresses: index.progress.instances, conditions });
  }
  const wanted = query.seriesInstanceUID;
  const series = seriesIn(index, query);
  const chosen =
    wanted === undefined
      ? series.toSorted((a, b) => b.updatedAt - a.updatedAt)
      : series.filter(({ seriesInstanceUID }) => seriesInstanceUID === wanted);
  return cut(
    chosen.map(({ instances }) => instances),
    query,
    test,
  );
}

const seriesIn = (index: DicomIndex, { studyInstanceUID = "" }: DicomQuery): readonly IndexedSeries[] =>
  index.study(studyInstanceUID)?.series ?? [];

/** Undefined if everything is found. */
type Test<T> = ((item: T) => boolean) | undefined;

const testOfStudies = ({ study }: DicomQuery): Test<IndexedStudy> => testAll(study, readStudy);

const testOfSeries = (query: DicomQuery): Test<IndexedSeries> =>
  within(onceForEach(testOfStudies(query)), ({ study }) => study, testAll(query.series, readSeries));

const testOfInstances = (query: DicomQuery): Test<IndexedInstance> =>
  within(onceForEach(testOfSeries(query)), ({ series }) => series, testAll(query.instance, readInstance));

type ReadValue<T> = (keyword: string) => (item: T) => Parameters<Matcher>[0];

/** Written out for one condition, which most searches have. */
function testAll<T>(conditions: Conditions, read: ReadValue<T>): Test<T> {
  const tests = conditions.map(([keyword, matches]) => ({ valueIn: read(keyword), matches }));
  const [first, ...others] = tests;
  if (first === undefined) return undefined;
  const { valueIn, matches } = first;
  if (others.length === 0) return (item) => matches(valueIn(item));
  return (item) => tests.every((test) => test.matches(test.valueIn(item)));
}

/** What an item belongs to must be found, and the item itself. */
function within<T, Whole>(isWhole: Test<Whole>, wholeOf: (item: T) => Whole, isItem: Test<T>): Test<T> {
  if (isWhole === undefined) return isItem;
  if (isItem === undefined) return (item) => isWhole(wholeOf(item));
  return (item) => isWhole(wholeOf(item)) && isItem(item);
}

/** A series is tested once, not once for each of its instances. */
function onceForEach<T extends Tested>(test: Test<T>): Test<T> {
  if (test === undefined) return undefined;
  return (item) => {
    if (item.testedBy !== test) {
      item.testedBy = test;
      item.isFound = test(item);
    }
    return item.isFound;
  };
}

/** Of what items belong to, or of themselves. */
function conditionsOn<T, Whole>(
  conditions: Conditions,
  read: ReadValue<Whole>,
  wholeOf: (item: T) => Whole,
): ItemCondition<T>[] {
  return conditions.map(([keyword, matches]) => {
    const valueIn = read(keyword);
    return { name: keyword, read: (item) => valueIn(wholeOf(item)), matches };
  });
}

/** What is kept of a list between searches, and the conditions of a search on its items. */
interface ListSearch<T> {
  readonly progresses: SearchProgresses<T>;
  readonly conditions: readonly ItemCondition<T>[];
}

/** A page of what is found. */
function cut<T>(
  chunks: readonly (readonly T[])[],
  query: Pick<DicomQuery, "offset" | "limit" | "key">,
  test: Test<T>,
  list?: ListSearch<T>,
): T[] {
  const { offset, limit, key } = query;
  if (test === undefined) return slice(chunks, offset, limit);
  const progress = list?.progresses.of(key) ?? newProgress<T>();
  const candidates = (from: number) => list?.progresses.candidates(chunks, list.conditions, from);
  advance(progress, chunks, test, candidates, offset + limit);
  return progress.found.slice(offset, offset + limit);
}

/** Skips what comes before without looking at it. */
function slice<T>(chunks: readonly (readonly T[])[], offset: number, limit: number): T[] {
  const found: T[] = [];
  let skip = offset;
  for (const chunk of chunks) {
    found.push(...chunk.slice(skip, skip + limit - found.length));
    skip = Math.max(0, skip - chunk.length);
    if (found.length === limit) break;
  }
  return found;
}
