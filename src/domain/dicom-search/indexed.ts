import type { Attributes } from "../image-sets/metadata/metadata-document.ts";

/** An image set in the index. */
export interface IndexedImageSet {
  readonly imageSetId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly metadataKey: string;
}

/**
 * The latest search that tested a study or series, and whether it was found: a search tests it once, not once for each
 * instance. A map would cost more than the test.
 */
export interface Tested {
  testedBy: unknown;
  isFound: boolean;
}

export interface IndexedStudy extends Tested {
  readonly studyInstanceUID: string;
  readonly keys: Attributes;
  /** Of the series that was updated last. */
  readonly updatedAt: number;
  /** By Series Number. */
  readonly series: readonly IndexedSeries[];
  /** The image set whose patient and study the study has: the one that was updated last. */
  readonly imageSet: IndexedImageSet;
}

export interface IndexedSeries extends Tested {
  readonly study: IndexedStudy;
  readonly seriesInstanceUID: string;
  readonly keys: Attributes;
  readonly seriesNumber: number;
  readonly updatedAt: number;
  /** By Instance Number. */
  readonly instances: readonly IndexedInstance[];
  readonly imageSet: IndexedImageSet;
}

export interface IndexedInstance {
  readonly series: IndexedSeries;
  readonly sopInstanceUID: string;
  readonly instanceNumber: number;
  /** Without SOP Instance UID and Instance Number; instances of a series share it. */
  readonly keys: Attributes;
  readonly imageSet: IndexedImageSet;
}

/** The order of studies: the last update first. */
export const compareStudies = (a: IndexedStudy, b: IndexedStudy): number =>
  b.updatedAt - a.updatedAt || compareText(a.studyInstanceUID, b.studyInstanceUID);

/**
 * The order of series: Series Number. Assumed: equal-numbers. Those without a number come last, equal ones by UID.
 */
export const compareSeries = (a: IndexedSeries, b: IndexedSeries): number =>
  compareNumbers(a.seriesNumber, b.seriesNumber) ||
  compareText(a.study.studyInstanceUID, b.study.studyInstanceUID) ||
  compareText(a.seriesInstanceUID, b.seriesInstanceUID);

/** The order of instances: as that of series, by Instance Number. */
export const compareInstances = (a: IndexedInstance, b: IndexedInstance): number =>
  compareNumbers(a.instanceNumber, b.instanceNumber) ||
  (a.series === b.series ? 0 : compareUids(a.series, b.series)) ||
  compareText(a.sopInstanceUID, b.sopInstanceUID);

const compareUids = (a: IndexedSeries, b: IndexedSeries): number =>
  compareText(a.study.studyInstanceUID, b.study.studyInstanceUID) ||
  compareText(a.seriesInstanceUID, b.seriesInstanceUID);

/** Infinity, too, which subtraction could not compare. */
function compareNumbers(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
