import { isRecord } from "../../../api/json.ts";
import type { DataElement, DataSet } from "../data-set.ts";
import { DicomError } from "../dicom-error.ts";
import { lookUp, nameInMessages } from "../dictionary/dictionary.ts";
import { isVr } from "../vr.ts";
import { bytesOfJson } from "./json-value.ts";

/** As in files: see ElementReader. */
const MAX_SEQUENCE_DEPTH = 100;

const TAG = /^[0-9A-Fa-f]{8}$/;
const MEMBERS: ReadonlySet<string> = new Set(["vr", "Value", "InlineBinary", "BulkDataURI"]);

const SPECIFIC_CHARACTER_SET = "00080005";

/** File meta information, directories, pixel data, padding and delimiters: no attributes of JSON metadata. */
const NO_ATTRIBUTES = /^(?:0002|0004|7FE0|FFFC|FFFE)/;

/**
 * Reads a data set in the DICOM JSON Model (PS3.18 F.2), with text as UTF-8. Group lengths are left out, and
 * Specific Character Set, since the text has already been decoded.
 * @param json a parsed JSON value
 * @throws DicomError
 */
export function dataSetOfJson(json: unknown, depth = 0): DataSet {
  if (!isRecord(json)) throw new DicomError("DICOM JSON has a data set that is not a JSON object");
  if (depth > MAX_SEQUENCE_DEPTH) throw new DicomError("DICOM sequences are nested too deeply");
  const elements = new Map<string, DataElement>();
  for (const [name, value] of Object.entries(json)) {
    const tag = tagOfName(name);
    if (elements.has(tag)) throw new DicomError(`DICOM JSON has ${nameInMessages(tag)} twice in a data set`);
    elements.set(tag, readElement(tag, value, depth));
  }
  const kept = [...elements].filter(([tag]) => !tag.endsWith("0000") && tag !== SPECIFIC_CHARACTER_SET);
  return new Map(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Attributes are named by their tags, in upper case (PS3.18 F.2.2); lower case is read, too. */
function tagOfName(name: string): string {
  if (!TAG.test(name))
    throw new DicomError(
      `DICOM JSON has a member ${name.slice(0, 64)}: expected a tag of 8 hexadecimal digits`,
    );
  const tag = name.toUpperCase();
  if (!NO_ATTRIBUTES.test(tag)) return tag;
  throw new DicomError(`DICOM attribute ${nameInMessages(tag)} cannot be part of JSON metadata`);
}

function readElement(tag: string, json: unknown, depth: number): DataElement {
  const refuse = (problem: string): never => {
    throw new DicomError(`DICOM attribute ${nameInMessages(tag)} ${problem}`);
  };
  if (!isRecord(json)) return refuse("is not a JSON object with a vr");
  const { vr, Value, InlineBinary, BulkDataURI } = json;
  const stray = Object.keys(json).find((name) => !MEMBERS.has(name));
  if (stray !== undefined)
    return refuse(`has a member ${stray.slice(0, 64)}, which DICOM JSON does not have`);
  if (typeof vr !== "string" || !isVr(vr)) return refuse("has no VR of the DICOM standard");
  if (BulkDataURI !== undefined) return refuse("is a BulkDataURI, which is not read");
  if (Value !== undefined && InlineBinary !== undefined) return refuse("has both Value and InlineBinary");
  checkVr(tag, vr);
  const values: unknown = Value ?? [];
  if (!Array.isArray(values)) return refuse("has a Value that is not an array");
  if (vr !== "SQ") return { tag, vr, bytes: bytesOfJson(vr, values, InlineBinary, refuse) };
  if (InlineBinary !== undefined) return refuse("is a sequence and has InlineBinary");
  const items = values.map((item: unknown) => dataSetOfJson(item, depth + 1));
  return { tag, vr, bytes: new Uint8Array(0), items };
}

/** A private or unknown element may have any VR. */
function checkVr(tag: string, vr: string): void {
  const expected = lookUp(tag)?.vr;
  if (expected === undefined || expected.split("/").includes(vr)) return;
  throw new DicomError(
    `DICOM attribute ${nameInMessages(tag)} has VR ${vr}, expected ${expected.replaceAll("/", " or ")}`,
  );
}
