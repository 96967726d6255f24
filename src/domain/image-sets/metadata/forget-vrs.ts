import { isRecord } from "../../../api/json.ts";
import { tagOf } from "../../../imaging/dicom/dictionary/dictionary.ts";
import type { InstanceDocument, JsonValue, MetadataDocument } from "./metadata-document.ts";

type SeriesDocuments = MetadataDocument["Study"]["Series"];
type InstanceDocuments = SeriesDocuments[string]["Instances"];

/**
 * Removes the stored VRs of edited attributes: a new value has the dictionary's VR.
 * @param edited an update's attributes by keyword
 */
export function forgetVrs(instance: InstanceDocument, edited: JsonValue | undefined): InstanceDocument {
  const tags = Object.keys(isRecord(edited) ? edited : {}).map((keyword) => tagOf(keyword) ?? keyword);
  if (!tags.some((tag) => Object.hasOwn(instance.DICOMVRs, tag))) return instance;
  const kept = Object.entries(instance.DICOMVRs).filter(([tag]) => !tags.includes(tag));
  return { ...instance, DICOMVRs: Object.fromEntries(kept) };
}

/** For attributes of a whole series. */
export const forgetVrsOfInstances = (
  instances: InstanceDocuments,
  edited: JsonValue | undefined,
): InstanceDocuments =>
  edited === undefined ? instances : mapValues(instances, (instance) => forgetVrs(instance, edited));

/** For attributes of a patient or a study. */
export const forgetVrsOfSeries = (series: SeriesDocuments, edited: JsonValue | undefined): SeriesDocuments =>
  edited === undefined
    ? series
    : mapValues(series, (one) => ({ ...one, Instances: forgetVrsOfInstances(one.Instances, edited) }));

const mapValues = <T>(values: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
