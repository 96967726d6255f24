import type { JsonValue } from "../image-sets/metadata/metadata-document.ts";
import type { IndexedInstance, IndexedSeries, IndexedStudy } from "./indexed.ts";

type Value = JsonValue | undefined;

/** What an answer counts, and what describes a study or series as a whole. */
export function studyValue(study: IndexedStudy, keyword: string): Value {
  switch (keyword) {
    case "ModalitiesInStudy":
      return distinct(study.series.map(({ keys }) => keys["Modality"]));
    case "NumberOfStudyRelatedSeries":
      return String(study.series.length);
    case "NumberOfStudyRelatedInstances":
      return String(study.series.reduce((sum, { instances }) => sum + instances.length, 0));
    case "SOPClassesInStudy":
      return distinct(
        study.series.flatMap(({ instances }) =>
          distinct(new Set(instances.map(({ keys }) => keys)).values().map((keys) => keys["SOPClassUID"])),
        ),
      );
    case "StudyInstanceUID":
      return study.studyInstanceUID;
    default:
      return study.keys[keyword];
  }
}

export function seriesValue(series: IndexedSeries, keyword: string): Value {
  switch (keyword) {
    case "NumberOfSeriesRelatedInstances":
      return String(series.instances.length);
    case "SeriesInstanceUID":
      return series.seriesInstanceUID;
    default:
      return series.keys[keyword];
  }
}

export function instanceValue(instance: IndexedInstance, keyword: string): Value {
  switch (keyword) {
    case "SOPInstanceUID":
      return instance.sopInstanceUID;
    case "InstanceNumber":
      return instance.instanceNumber === Infinity
        ? instance.keys["InstanceNumber"]
        : String(instance.instanceNumber);
    default:
      return instance.keys[keyword];
  }
}

/** Each once, in alphabetical order, without empty ones. */
const distinct = (values: Iterable<Value>): string[] =>
  [...new Set(values)]
    .filter((value): value is string => typeof value === "string" && value !== "")
    .toSorted((a, b) => (a < b ? -1 : 1));
