import { isBase64 } from "../../../api/base64.ts";
import { isRecord } from "../../../api/json.ts";
import { tagOf } from "../dictionary/dictionary.ts";
import type { MetadataObject, MetadataValue } from "../element-value.ts";
import { isBinary } from "../vr.ts";
import { nestedPath } from "./instance-vrs.ts";
import { listOfValues, placeWithin, vrOfValue, type ValuePlace } from "./value-vr.ts";

export interface DicomJsonOptions {
  /** The instance's DICOMVRs. */
  readonly vrs: Readonly<Record<string, string>>;
  /**
   * Where the bytes of an element are instead, if they are not to be written.
   * @param path of the element: `00451026`, or `RequestAttributesSequence.0.00091001`
   */
  readonly bulkDataUri?: (path: string, byteLength: number) => string | undefined;
}

type Place = ValuePlace & Pick<DicomJsonOptions, "bulkDataUri">;

/** All text of JSON is UTF-8, so a character set that an element declares is that (PS3.18 F.2.2). */
const SPECIFIC_CHARACTER_SET = "SpecificCharacterSet";
const UTF8 = `["ISO_IR 192"]`;

/**
 * Elements of image set metadata, of any of its levels, as the text of an object of the DICOM JSON Model (PS3.18 F.2),
 * in ascending order of tags. It is text since an object of JavaScript has its own order for names that are numbers,
 * such as 20500020.
 * A name that DICOM does not have is left out, as in files (`dataSetOf`).
 */
export const writeDicomJson = (attributes: MetadataObject, options: DicomJsonOptions): string =>
  writeDataSet(attributes, { ...options, path: "", isSigned: false });

function writeDataSet(attributes: MetadataObject, around: Place): string {
  const place = placeWithin(attributes, around);
  const elements = Object.entries(attributes).flatMap(([name, value]) => {
    const tag = tagOf(name);
    if (tag === undefined) return [];
    return [`"${tag}":${writeElement({ tag, name, value, siblings: attributes }, place)}`];
  });
  // They begin with their tags.
  return `{${elements.toSorted().join(",")}}`;
}

interface Element {
  readonly tag: string;
  readonly name: string;
  readonly value: MetadataValue;
  readonly siblings: MetadataObject;
}

function writeElement({ tag, name, value, siblings }: Element, place: Place): string {
  const vr = vrOfValue(tag, value, siblings, place);
  if (vr === "SQ") return writeSequence(name, value, place);
  if (name === SPECIFIC_CHARACTER_SET) return `{"vr":"CS","Value":${UTF8}}`;
  const values = listOfValues(value);
  if (values.length === 1 && isEmpty(value)) return `{"vr":"${vr}"}`;
  const [first] = values;
  if (isBinary(vr) && typeof first === "string") return writeBinary(vr, first, place.path + tag, place);
  if (NUMBERS.has(vr) && isBytes(first)) return writeBinary("UN", first, place.path + tag, place);
  // Numbers in place of bytes come from a file with another VR of the dictionary's choice.
  const written = isBinary(vr) ? "US" : vr;
  return `{"vr":"${written}","Value":[${values.map((each) => writeValue(written, each)).join(",")}]}`;
}

function writeSequence(name: string, value: MetadataValue, place: Place): string {
  const items = listOfValues(value).filter((item): item is MetadataObject => isRecord(item));
  if (items.length === 0) return `{"vr":"SQ"}`;
  const written = items.map((item, index) =>
    writeDataSet(item, { ...place, path: nestedPath(place.path, name, index) }),
  );
  return `{"vr":"SQ","Value":[${written.join(",")}]}`;
}

function writeBinary(vr: string, base64: string, path: string, { bulkDataUri }: Place): string {
  const uri = bulkDataUri?.(path, byteLengthOfBase64(base64));
  return uri === undefined
    ? `{"vr":"${vr}","InlineBinary":"${base64}"}`
    : `{"vr":"${vr}","BulkDataURI":${JSON.stringify(uri)}}`;
}

/** Bytes that padded base64 stands for. */
export const byteLengthOfBase64 = (base64: string): number =>
  (base64.length / 4) * 3 - (base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0);

const NUMBERS: ReadonlySet<string> = new Set(["US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"]);

/** A number field whose length fits no numbers is kept as bytes; numbers that JSON lacks are text, too. */
const isBytes = (value: MetadataValue | undefined): value is string =>
  typeof value === "string" && !/^-?(?:\d+|Infinity)$|^NaN$/.test(value) && isBase64(value);

const isEmpty = (value: MetadataValue | undefined): boolean => value === null || value === "";

function writeValue(vr: string, value: MetadataValue): string {
  if (isEmpty(value) || (typeof value !== "string" && typeof value !== "number")) return "null";
  if (vr === "PN") return writePersonName(String(value));
  // Assumed: numbers-in-dicom-json. IS and DS are numbers where their text is one; PS3.18 allows both.
  if (vr === "IS" || vr === "DS") return JSON.stringify(readNumber(value));
  return JSON.stringify(NUMBERS.has(vr) ? value : String(value));
}

function readNumber(value: number | string): number | string {
  if (typeof value === "number") return value;
  const isNumber = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value);
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : value;
}

const GROUPS = ["Alphabetic", "Ideographic", "Phonetic"] as const;

/** The component groups of a person name (PS3.5 6.2.1), without those that are empty. */
function writePersonName(text: string): string {
  const groups = text.split("=");
  const named = GROUPS.map((name, index) => [name, groups[index] ?? ""]).filter(([, group]) => group !== "");
  return JSON.stringify(Object.fromEntries(named));
}
