import type { Attributes, MetadataDocument } from "../image-sets/metadata/metadata-document.ts";
import {
  compareInstances,
  type IndexedImageSet,
  type IndexedInstance,
  type IndexedSeries,
} from "./indexed.ts";
import { INSTANCE_KEYS, orderOf, pickKeys, SERIES_KEYS, STUDY_KEYS } from "./search-keys.ts";

/** What an image set has of a series. */
export interface SeriesPart<Series extends IndexedSeries = IndexedSeries> {
  readonly series: Series;
  readonly imageSet: IndexedImageSet;
  readonly studyKeys: Attributes;
  readonly seriesKeys: Attributes;
  /** By Instance Number. */
  readonly instances: readonly IndexedInstance[];
}

/**
 * What the index keeps of a metadata document: a small part.
 * @param find the series of these UIDs
 */
export function seriesPartsOf<Series extends IndexedSeries>(
  imageSet: IndexedImageSet,
  { Patient, Study }: MetadataDocument,
  find: (studyInstanceUID: string, seriesInstanceUID: string) => Series,
): SeriesPart<Series>[] {
  const studyInstanceUID = textOf(Study.DICOM["StudyInstanceUID"]);
  return Object.entries(Study.Series).map(([seriesInstanceUID, { DICOM, Instances }]) => {
    const [first] = Object.values(Instances);
    const described = { ...first?.DICOM, ...DICOM, ...Study.DICOM, ...Patient.DICOM };
    const series = find(studyInstanceUID, seriesInstanceUID);
    return {
      series,
      imageSet,
      studyKeys: pickKeys(described, STUDY_KEYS),
      seriesKeys: pickKeys(described, SERIES_KEYS),
      instances: readInstances(Instances, series, imageSet),
    };
  });
}

/** The order of parts: the image set that was updated last comes first. */
export const compareParts = ({ imageSet: a }: SeriesPart, { imageSet: b }: SeriesPart): number =>
  b.updatedAt - a.updatedAt || b.createdAt - a.createdAt || (a.imageSetId < b.imageSetId ? -1 : 1);

/** The instances of several parts by Instance Number; of equal ones that of the first part. */
export function mergeInstances([first, ...others]: readonly SeriesPart[]): readonly IndexedInstance[] {
  if (first === undefined || others.length === 0) return first?.instances ?? [];
  const merged = new Map(first.instances.map((instance) => [instance.sopInstanceUID, instance]));
  for (const { instances } of others)
    for (const instance of instances)
      if (!merged.has(instance.sopInstanceUID)) merged.set(instance.sopInstanceUID, instance);
  return [...merged.values()].toSorted(compareInstances);
}

type Instances = MetadataDocument["Study"]["Series"][string]["Instances"];

function readInstances(
  instances: Instances,
  series: IndexedSeries,
  imageSet: IndexedImageSet,
): IndexedInstance[] {
  const shared = new Map<string, Attributes>();
  return Object.entries(instances)
    .map(([sopInstanceUID, { DICOM }]) => {
      const { SOPInstanceUID: _, InstanceNumber: number, ...keys } = pickKeys(DICOM, INSTANCE_KEYS);
      const instanceNumber = orderOf(number);
      // A number that has no place in the order is kept, so that answers have it.
      const isKept = instanceNumber === Infinity && number !== undefined;
      const all: Attributes = isKept ? { ...keys, InstanceNumber: number } : keys;
      return { series, imageSet, sopInstanceUID, instanceNumber, keys: share(shared, all) };
    })
    .toSorted(compareInstances);
}

/** Instances of a series rarely differ in more than their number: equal keys are one object. */
function share(shared: Map<string, Attributes>, keys: Attributes): Attributes {
  const text = JSON.stringify(keys);
  const known = shared.get(text);
  if (known !== undefined) return known;
  shared.set(text, keys);
  return keys;
}

const textOf = (value: Attributes[string] | undefined): string => (typeof value === "string" ? value : "");
