import { viewOf } from "../pixels/bytes.ts";
import { type CharacterSet, decodeText } from "./character-set.ts";
import type { DataElement } from "./data-set.ts";
import { nameInMessages } from "./dictionary/dictionary.ts";
import { DicomError } from "./dicom-error.ts";
import { tagOfWords } from "./tag.ts";
import { isBinary } from "./vr.ts";

/** A value of image set metadata: plain data that JSON and structured clone support. */
export type MetadataValue = null | number | string | readonly MetadataValue[] | MetadataObject;
export interface MetadataObject {
  readonly [keyword: string]: MetadataValue;
}

type ReadNumber = (view: DataView, offset: number) => number | string;
type NumberLayout = readonly [byteLength: number, read: ReadNumber];

/** Values of a data set are little-endian: see DataElement. */
const NUMBERS: ReadonlyMap<string, NumberLayout> = new Map<string, NumberLayout>([
  ["US", [2, (view, offset) => view.getUint16(offset, true)]],
  ["SS", [2, (view, offset) => view.getInt16(offset, true)]],
  ["UL", [4, (view, offset) => view.getUint32(offset, true)]],
  ["SL", [4, (view, offset) => view.getInt32(offset, true)]],
  ["FL", [4, (view, offset) => exact(view.getFloat32(offset, true))]],
  ["FD", [8, (view, offset) => exact(view.getFloat64(offset, true))]],
  ["UV", [8, (view, offset) => exact(view.getBigUint64(offset, true))]],
  ["SV", [8, (view, offset) => exact(view.getBigInt64(offset, true))]],
  ["AT", [4, (view, offset) => tagOfWords(view.getUint16(offset, true), view.getUint16(offset + 2, true))]],
]);

/** VRs with one value, in which backslashes are text (PS3.5 6.2). */
const NEVER_SPLIT: ReadonlySet<string> = new Set(["LT", "ST", "UR", "UT"]);

/** VRs in which leading spaces are not significant either (PS3.5 6.2). */
const LEADING_SPACES_ARE_PADDING: ReadonlySet<string> = new Set(["AE", "CS", "DS", "IS", "LO", "SH"]);

/** The quota of all metadata of an image set (L-AD2C6765): no value is larger. */
const MAX_BYTE_LENGTH = 50 * 1024 * 1024;

/**
 * The values of an element that is not a sequence: numbers for the binary number VRs, 8 hex digits for AT,
 * one base64 string for binary VRs, text without padding for others; none if it is empty.
 */
export function valuesOf({ tag, vr, bytes }: DataElement, characterSet: CharacterSet): (number | string)[] {
  if (bytes.length === 0) return [];
  if (bytes.length > MAX_BYTE_LENGTH) {
    throw new DicomError(
      `DICOM attribute ${nameInMessages(tag)} has ${bytes.length} bytes, too many for metadata`,
    );
  }
  const layout = NUMBERS.get(vr);
  // Assumed: impossible-number-field. A field whose length fits no numbers is kept as bytes.
  if (isBinary(vr) || (layout && bytes.length % layout[0] !== 0)) return [base64(bytes)];
  if (layout) return numbers(bytes, layout);
  const text = decodeText(bytes, characterSet, vr);
  const values = NEVER_SPLIT.has(vr) ? [text] : text.split("\\");
  const trimmed = values.map((value) => withoutPadding(value, vr));
  // Assumed: padding-only. A value that consists of padding is empty.
  return trimmed.length === 1 && trimmed[0] === "" ? [] : trimmed;
}

function numbers(bytes: Uint8Array, [byteLength, read]: NumberLayout): (number | string)[] {
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length / byteLength }, (_, index) => read(view, index * byteLength));
}

/**
 * Assumed: inexact-numbers. Numbers that JSON cannot represent exactly are strings, as PS3.18 F.2.3 allows
 * for SV and UV beyond 2^53; so are NaN, Infinity and -Infinity, for which JSON has no numbers.
 */
function exact(value: number | bigint): number | string {
  const number = Number(value);
  if (typeof value === "bigint") return Number.isSafeInteger(number) ? number : value.toString();
  return Number.isFinite(number) ? number : String(number);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/**
 * Removes the spaces and NULs around a value (facts: metadata#padding).
 * Assumed: person-name-delimiters. The empty components (`^`) and component groups (`=`) at the end of a
 * person name are not padding and are kept, although PS3.5 6.2.1 allows writers to omit them.
 */
function withoutPadding(text: string, vr: string): string {
  let start = 0;
  let end = text.length;
  while (end > 0 && isPadding(text.charCodeAt(end - 1))) end -= 1;
  if (LEADING_SPACES_ARE_PADDING.has(vr)) while (start < end && text[start] === " ") start += 1;
  return text.slice(start, end);
}

const isPadding = (code: number): boolean => code === 0x20 || code === 0;
