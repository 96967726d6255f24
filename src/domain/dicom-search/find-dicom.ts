import type { DicomIndex } from "./dicom-index.ts";
import type { IndexedInstance, IndexedSeries, IndexedStudy } from "./indexed.ts";
import type { Matcher } from "./match-values.ts";
import { instanceValue, seriesValue, studyValue } from "./search-values.ts";

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
}

/** The last update first (facts: dicomweb#searches). */
export const findStudies = (index: DicomIndex, query: DicomQuery): IndexedStudy[] =>
  cut(index.studies.chunks, query, testOfStudies(query));

/** By Series Number. */
export function findSeries(index: DicomIndex, query: DicomQuery): IndexedSeries[] {
  const chunks = query.studyInstanceUID === undefined ? index.series.chunks : [seriesIn(index, query)];
  return cut(chunks, query, testOfSeries(query));
}

/**
 * By Instance Number; those of a study: the last update first.
 * Assumed: order-in-a-study. Instances that were updated together are in the order of their series, and in it by
 * Instance Number.
 */
export function findInstances(index: DicomIndex, query: DicomQuery): IndexedInstance[] {
  if (query.studyInstanceUID === undefined) return cut(index.instances.chunks, query, testOfInstances(query));
  const wanted = query.seriesInstanceUID;
  const series = seriesIn(index, query);
  const chosen =
    wanted === undefined
      ? series.toSorted((a, b) => b.updatedAt - a.updatedAt)
      : series.filter(({ seriesInstanceUID }) => seriesInstanceUID === wanted);
  return cut(
    chosen.map(({ instances }) => instances),
    query,
    testOfInstances(query),
  );
}

const seriesIn = (index: DicomIndex, { studyInstanceUID = "" }: DicomQuery): readonly IndexedSeries[] =>
  index.study(studyInstanceUID)?.series ?? [];

/** Undefined if everything is found. */
type Test<T> = ((item: T) => boolean) | undefined;

const testOfStudies = ({ study }: DicomQuery): Test<IndexedStudy> =>
  study.length === 0 ? undefined : (item) => holds(study, (keyword) => studyValue(item, keyword));

function testOfSeries(query: DicomQuery): Test<IndexedSeries> {
  const isStudy = onceForEach(testOfStudies(query));
  const { series } = query;
  if (series.length === 0 && isStudy === undefined) return undefined;
  return (item) => isStudy?.(item.study) !== false && holds(series, (keyword) => seriesValue(item, keyword));
}

function testOfInstances(query: DicomQuery): Test<IndexedInstance> {
  const isSeries = onceForEach(testOfSeries(query));
  const { instance } = query;
  if (instance.length === 0 && isSeries === undefined) return undefined;
  return (item) =>
    isSeries?.(item.series) !== false && holds(instance, (keyword) => instanceValue(item, keyword));
}

type ReadValue = (keyword: string) => Parameters<Matcher>[0];

function holds(conditions: Conditions, read: ReadValue): boolean {
  for (const [keyword, matches] of conditions) if (!matches(read(keyword))) return false;
  return true;
}

/** A series is tested once, not once for each of its instances. */
function onceForEach<T>(test: Test<T>): Test<T> {
  if (test === undefined) return undefined;
  const known = new Map<T, boolean>();
  return (item) => {
    let isFound = known.get(item);
    if (isFound === undefined) known.set(item, (isFound = test(item)));
    return isFound;
  };
}

/** A page of what is found; without a test, what comes before it is skipped unseen. */
function cut<T>(
  chunks: readonly (readonly T[])[],
  { offset, limit }: Pick<DicomQuery, "offset" | "limit">,
  test: Test<T>,
): T[] {
  const found: T[] = [];
  let skip = offset;
  for (const chunk of chunks) {
    if (test === undefined) {
      found.push(...chunk.slice(skip, skip + limit - found.length));
      skip = Math.max(0, skip - chunk.length);
    } else {
      for (const item of chunk) {
        if (!test(item)) continue;
        if (skip > 0) skip -= 1;
        else if (found.push(item) === limit) return found;
      }
    }
    if (found.length === limit) return found;
  }
  return found;
}
