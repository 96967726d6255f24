import { isRecord } from "../../../api/json.ts";
import type { DataElement, DataSet } from "../data-set.ts";
import { tagOf } from "../dictionary/dictionary.ts";
import type { MetadataObject, MetadataValue } from "../element-value.ts";
import { encodeValue } from "./encode-value.ts";
import { nestedPath } from "../metadata/instance-vrs.ts";
import { listOfValues, placeWithin, vrOfValue, type ValuePlace } from "../metadata/value-vr.ts";

/** The context of the current elements. */
interface Place extends ValuePlace {
  readonly isUtf8: boolean;
}

const SPECIFIC_CHARACTER_SET = "SpecificCharacterSet";
const UTF8 = "ISO_IR 192";

/**
 * Elements of image set metadata as a data set, in ascending order of tags: the inverse of
 * `describeInstance`. Text that is not ASCII is UTF-8, and each data set declares that.
 * Assumed: keywords-without-tag. An attribute that the DICOM standard does not have, which an update with force made,
 * is left out: a file can hold only what has a tag.
 * @param vrs the instance's DICOMVRs
 */
export function dataSetOf(attributes: MetadataObject, vrs: Readonly<Record<string, string>>): DataSet {
  const isUtf8 = !isAsciiOnly(attributes);
  const declared = isUtf8 ? { ...attributes, [SPECIFIC_CHARACTER_SET]: [UTF8] } : attributes;
  return toDataSet(declared, { vrs, path: "", isSigned: false, isUtf8 });
}

function toDataSet(attributes: MetadataObject, around: Place): DataSet {
  const place = placeWithin(attributes, around);
  const elements = Object.entries(attributes).flatMap(([name, value]) => {
    const tag = tagOf(name);
    return tag === undefined ? [] : [toElement(tag, name, value, attributes, place)];
  });
  return new Map(elements.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)).map((each) => [each.tag, each]));
}

function toElement(
  tag: string,
  name: string,
  value: MetadataValue,
  siblings: MetadataObject,
  place: Place,
): DataElement {
  const vr = vrOfValue(tag, value, siblings, place);
  if (vr === "SQ") return { tag, vr, bytes: new Uint8Array(0), items: toItems(name, value, place) };
  if (name === SPECIFIC_CHARACTER_SET && place.isUtf8) return { tag, ...encodeValue(UTF8, vr) };
  return { tag, ...encodeValue(value, vr) };
}

function toItems(name: string, value: MetadataValue, place: Place): DataSet[] {
  return listOfValues(value)
    .filter((item) => isRecord(item))
    .map((item, index) => toDataSet(item, { ...place, path: nestedPath(place.path, name, index) }));
}

function isAsciiOnly(value: MetadataValue): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII is what it says
  if (typeof value === "string") return /^[\0-\x7f]*$/.test(value);
  if (value === null || typeof value === "number") return true;
  return Object.values(value).every(isAsciiOnly);
}
