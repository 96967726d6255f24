import type {
  IndexedImageSet,
  IndexedInstance,
  IndexedSeries,
  IndexedStudy,
} from "../../../domain/dicom-search/indexed.ts";
import { readInstance, readSeries, readStudy } from "../../../domain/dicom-search/search-values.ts";
import type { JsonValue } from "../../../domain/image-sets/metadata/metadata-document.ts";
import type { SearchLevel } from "./search-attributes.ts";

/** A study, series or instance that was found, with those it belongs to. */
export interface SearchResult {
  readonly study: IndexedStudy;
  readonly series?: IndexedSeries | undefined;
  readonly instance?: IndexedInstance | undefined;
  /** Whose metadata document describes it. */
  readonly imageSet: IndexedImageSet;
}

export const resultOfStudy = (study: IndexedStudy): SearchResult => ({ study, imageSet: study.imageSet });

export const resultOfSeries = (series: IndexedSeries): SearchResult => ({
  study: series.study,
  series,
  imageSet: series.imageSet,
});

export const resultOfInstance = (instance: IndexedInstance): SearchResult => ({
  study: instance.series.study,
  series: instance.series,
  instance,
  imageSet: instance.imageSet,
});

/** Reads an attribute of answers, as far as the index has it. */
export function readerOf(
  level: SearchLevel,
  keyword: string,
): (result: SearchResult) => JsonValue | undefined {
  // All instances can be read at once.
  if (keyword === "InstanceAvailability") return () => "ONLINE";
  const [ofStudy, ofSeries, ofInstance] = [readStudy(keyword), readSeries(keyword), readInstance(keyword)];
  if (level === "study") return ({ study }) => ofStudy(study);
  if (level === "series") return ({ series }) => series && ofSeries(series);
  return ({ instance }) => instance && ofInstance(instance);
}

/** Its path below the data store. Assumed: retrieve-url. It is at the endpoint that the client has called. */
export function pathOfResult({ study, series, instance }: SearchResult): string {
  const ofStudy = `/studies/${study.studyInstanceUID}`;
  if (series === undefined) return ofStudy;
  const ofSeries = `${ofStudy}/series/${series.seriesInstanceUID}`;
  return instance === undefined ? ofSeries : `${ofSeries}/instances/${instance.sopInstanceUID}`;
}
