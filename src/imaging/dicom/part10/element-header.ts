import dicomParser from "dicom-parser";
import { DicomError } from "../dicom-error.ts";
import { nameInMessages } from "../dictionary/dictionary.ts";
import { ITEM, ITEM_DELIMITER, SEQUENCE_DELIMITER, tagOfWords } from "../tag.ts";
import { HEADER_LENGTH, isLongForm, isVr, LONG_HEADER_LENGTH, UNDEFINED_LENGTH } from "../vr.ts";

/** How elements are encoded (PS3.5 A). */
export interface Encoding {
  readonly isExplicit: boolean;
  readonly isBigEndian: boolean;
}

/** The header of a value field (PS3.5 7.1). */
export interface ElementHeader {
  /** GGGGEEEE, upper-case hex. */
  readonly tag: string;
  /** The written VR, UN if the letters are not a known VR; undefined if no VR was written. */
  readonly vr: string | undefined;
  /** Where the value field begins. */
  readonly start: number;
  /** Length of the value field in bytes, or UNDEFINED_LENGTH. */
  readonly length: number;
}

/**
 * Reads the header at an offset.
 * @param end of the surrounding item or file, at least HEADER_LENGTH bytes away
 * @throws DicomError if no interpretation of it fits the following bytes
 */
export function readHeader(bytes: Uint8Array, at: number, end: number, encoding: Encoding): ElementHeader {
  const tag = tagAt(bytes, at, encoding);
  if (!encoding.isExplicit || tag.startsWith("FFFE")) return withoutVr(bytes, at, tag, encoding);
  const letters = lettersAt(bytes, at + 4);
  if (isVr(letters)) {
    return isLongForm(letters)
      ? longForm(bytes, at, end, tag, letters, encoding)
      : shortForm(bytes, at, tag, letters, encoding);
  }
  const readings = isPairOfCapitals(letters)
    ? unknownVr(bytes, at, end, tag, encoding)
    : // Some writers omit the VRs of single elements or items; readers know that.
      [withoutVr(bytes, at, tag, encoding), shortForm(bytes, at, tag, "UN", encoding)];
  const found = readings.find((header) => fits(bytes, header, end, encoding));
  if (found) return found;
  throw new DicomError(
    `DICOM attribute ${nameInMessages(tag)} cannot be read: expected a VR, ` +
      `got bytes ${hex(bytes[at + 4])} ${hex(bytes[at + 5])} with a length that does not fit`,
  );
}

/**
 * PS3.5 7.1.2: future VRs have the long form, whose reserved bytes are 0.
 * Assumed: unknown-vr. If the reserved bytes are not 0, or the length does not fit, it is the short form of
 * an older writer.
 */
function unknownVr(
  bytes: Uint8Array,
  at: number,
  end: number,
  tag: string,
  encoding: Encoding,
): ElementHeader[] {
  const short = shortForm(bytes, at, tag, "UN", encoding);
  const isReserved = bytes[at + 6] === 0 && bytes[at + 7] === 0 && at + LONG_HEADER_LENGTH <= end;
  return isReserved ? [longForm(bytes, at, end, tag, "UN", encoding), short] : [short];
}

function withoutVr(bytes: Uint8Array, at: number, tag: string, encoding: Encoding): ElementHeader {
  const length = numbers(encoding).readUint32(bytes, at + 4);
  return { tag, vr: undefined, start: at + HEADER_LENGTH, length };
}

function shortForm(
  bytes: Uint8Array,
  at: number,
  tag: string,
  vr: string,
  encoding: Encoding,
): ElementHeader {
  return { tag, vr, start: at + HEADER_LENGTH, length: numbers(encoding).readUint16(bytes, at + 6) };
}

function longForm(
  bytes: Uint8Array,
  at: number,
  end: number,
  tag: string,
  vr: string,
  encoding: Encoding,
): ElementHeader {
  if (at + LONG_HEADER_LENGTH > end) {
    throw new DicomError(`DICOM attribute ${nameInMessages(tag)} is truncated: it ends within its header`);
  }
  const length = numbers(encoding).readUint32(bytes, at + 8);
  return { tag, vr, start: at + LONG_HEADER_LENGTH, length };
}

/** Whether an ambiguous header is followed by an element, a delimiter or the end. */
function fits(bytes: Uint8Array, { tag, start, length }: ElementHeader, end: number, encoding: Encoding) {
  // A sequence must be followed by an item, or by its end (PS3.5 6.2.2).
  if (length === UNDEFINED_LENGTH) return isItemTag(bytes, start, end);
  const next = start + length;
  if (next >= end) return next === end;
  if (next + HEADER_LENGTH > end) return false;
  const following = tagAt(bytes, next, encoding);
  if (following === ITEM_DELIMITER || following === SEQUENCE_DELIMITER) return true;
  if (isVr(lettersAt(bytes, next + 4))) return true;
  const { length: nextLength } = withoutVr(bytes, next, following, encoding);
  return following > tag && (nextLength === UNDEFINED_LENGTH || next + HEADER_LENGTH + nextLength <= end);
}

const isItemTag = (bytes: Uint8Array, at: number, end: number): boolean =>
  at + HEADER_LENGTH <= end && [ITEM, SEQUENCE_DELIMITER].includes(tagAt(bytes, at, { isBigEndian: false }));

/** GGGGEEEE at an offset, at least 4 bytes from the end. */
export function tagAt(bytes: Uint8Array, at: number, encoding: Pick<Encoding, "isBigEndian">): string {
  const { readUint16 } = numbers(encoding);
  return tagOfWords(readUint16(bytes, at), readUint16(bytes, at + 2));
}

const numbers = ({ isBigEndian }: Pick<Encoding, "isBigEndian">) =>
  isBigEndian ? dicomParser.bigEndianByteArrayParser : dicomParser.littleEndianByteArrayParser;

export const lettersAt = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 2));

export const isPairOfCapitals = (letters: string): boolean => /^[A-Z]{2}$/.test(letters);

const hex = (byte = 0): string => byte.toString(16).toUpperCase().padStart(2, "0");
