import type { JsonValue } from "../image-sets/metadata/metadata-document.ts";
import type { IndexedInstance, IndexedSeries, IndexedStudy } from "./indexed.ts";

type Value = JsonValue | undefined;

/** Reads a value of each study, as its keys have it or as it is counted. */
export function readStudy(keyword: string): (study: IndexedStudy) => Value {
  switch (keyword) {
    case "ModalitiesInStudy":
      return ({ series }) => distinct(series.map(({ keys }) => keys["Modality"]));
    case "NumberOfStudyRelatedSeries":
      return ({ series }) => String(series.length);
    case "NumberOfStudyRelatedInstances":
      return ({ series }) => String(series.reduce((sum, { instances }) => sum + instances.length, 0));
    case "SOPClassesInStudy":
      return ({ series }) => distinct(series.flatMap(({ instances }) => classesOf(instances)));
    case "StudyInstanceUID":
      return ({ studyInstanceUID }) => studyInstanceUID;
    default:
      return ({ keys }) => keys[keyword];
  }
}

const classesOf = (instances: readonly IndexedInstance[]): Value[] =>
  [...new Set(instances.map(({ keys }) => keys))].map((keys) => keys["SOPClassUID"]);

export function readSeries(keyword: string): (series: IndexedSeries) => Value {
  switch (keyword) {
    case "NumberOfSeriesRelatedInstances":
      return ({ instances }) => String(instances.length);
    case "SeriesInstanceUID":
      return ({ seriesInstanceUID }) => seriesInstanceUID;
    default:
      return ({ keys }) => keys[keyword];
  }
}

export function readInstance(keyword: string): (instance: IndexedInstance) => Value {
  switch (keyword) {
    case "SOPInstanceUID":
      return ({ sopInstanceUID }) => sopInstanceUID;
    case "InstanceNumber":
      return ({ instanceNumber, keys }) =>
        instanceNumber === Infinity ? keys[keyword] : String(instanceNumber);
    default:
      return ({ keys }) => keys[keyword];
  }
}

/** Each once, in alphabetical order, without empty ones. */
const distinct = (values: Iterable<Value>): string[] =>
  [...new Set(values)]
    .filter((value): value is string => typeof value === "string" && value !== "")
    .toSorted((a, b) => (a < b ? -1 : 1));
