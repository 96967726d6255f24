import { isBase64 } from "../../../api/base64.ts";
import { isRecord } from "../../../api/json.ts";
import type { DataElement, DataSet } from "../data-set.ts";
import { lookUp, tagOf } from "../dictionary/dictionary.ts";
import type { MetadataObject, MetadataValue } from "../element-value.ts";
import { encodeValue } from "./encode-value.ts";
import { nestedPath, toldVr } from "../metadata/instance-vrs.ts";
import { isPrivateCreator } from "../tag.ts";

/** The context of the current elements. */
interface Place {
  readonly vrs: Readonly<Record<string, string>>;
  /** The path of the surrounding sequences: see nestedPath. */
  readonly path: string;
  /** Pixel Representation of this or a surrounding data set. */
  readonly isSigned: boolean;
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
  const representation = attributes["PixelRepresentation"];
  const place = typeof representation === "number" ? { ...around, isSigned: representation === 1 } : around;
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
  const vr = vrOf(tag, value, siblings, place);
  if (vr === "SQ") return { tag, vr, bytes: new Uint8Array(0), items: toItems(name, value, place) };
  if (name === SPECIFIC_CHARACTER_SET && place.isUtf8) return { tag, ...encodeValue(UTF8, vr) };
  return { tag, ...encodeValue(value, vr) };
}

function toItems(name: string, value: MetadataValue, place: Place): DataSet[] {
  return listOf(value)
    .filter((item) => isRecord(item))
    .map((item, index) => toDataSet(item, { ...place, path: nestedPath(place.path, name, index) }));
}

function vrOf(tag: string, value: MetadataValue, siblings: MetadataObject, { vrs, path, isSigned }: Place) {
  if (listOf(value).some(isRecord)) return "SQ";
  const told = toldVr(vrs, path, tag);
  if (told !== undefined) return told;
  const known = lookUp(tag)?.vr;
  if (known === undefined) return guess(tag, value);
  return known.includes("/") ? choose(known, value, siblings, isSigned) : known;
}

/** Resolves the dictionary's choices (PS3.5 A.2). For numbers the value decides, too. */
function choose(choices: string, value: MetadataValue, siblings: MetadataObject, isSigned: boolean): string {
  if (!choices.includes("US") || isText(value)) {
    return choices.includes("OB") && siblings["WaveformBitsAllocated"] === 8 ? "OB" : "OW";
  }
  return isSigned && choices.includes("SS") ? "SS" : "US";
}

/** Metadata of an older import lacks the VRs of private elements inside sequences. */
function guess(tag: string, value: MetadataValue): string {
  if (isPrivateCreator(tag)) return "LO";
  if (listOf(value).some((each) => typeof each === "number")) return "FD";
  const [first] = listOf(value);
  return typeof first === "string" && isBase64(first) ? "UN" : "UT";
}

const isText = (value: MetadataValue): boolean => typeof value === "string" && !/^-?\d{1,5}$/.test(value);

function isAsciiOnly(value: MetadataValue): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII is what it says
  if (typeof value === "string") return /^[\0-\x7f]*$/.test(value);
  if (value === null || typeof value === "number") return true;
  return Object.values(value).every(isAsciiOnly);
}

const listOf = (value: MetadataValue): readonly MetadataValue[] =>
  Array.isArray(value) ? (value as readonly MetadataValue[]) : [value];
