import dicomParser, { type Element } from "dicom-parser";
import { BoundedStream, unreadable } from "./bounded-stream.ts";
import { toLittleEndian } from "./byte-order.ts";
import type { DataElement, DataSet } from "./data-set.ts";
import { lookUp, nameOf } from "./dictionary.ts";
import { DicomError } from "./dicom-error.ts";
import { impliedVr, isVr } from "./value-representation.ts";

/** How and where the elements at hand were written. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly isExplicit: boolean;
  /** Of Explicit VR Big Endian; values become little-endian. */
  readonly isBigEndian: boolean;
  /** Where the enclosing item or file ends. */
  readonly end: number;
  readonly depth: number;
  /** How many sequences around the elements were read a second time. */
  readonly rereads: number;
  /** Pixel Representation of this data set or of one around it. */
  readonly isSigned: boolean;
}

/** Deeper than any real document, shallow enough to walk without a second thought. */
const MAX_DEPTH = 100;
/** Each makes all that lies below it be read once more. */
const MAX_REREADS = 16;
export const UNDEFINED_LENGTH = 0xffffffff;
const NO_BYTES = new Uint8Array(0);

/** dicom-parser's elements, one per tag, as a data set of ours: VRs resolved, bounds checked. */
export function toDataSet(elements: readonly Element[], written: Written): DataSet {
  if (written.depth > MAX_DEPTH || written.rereads > MAX_REREADS) {
    throw new DicomError("DICOM sequences are nested too deeply");
  }
  const isSigned = pixelRepresentation(elements, written) ?? written.isSigned;
  const here = { ...written, isSigned };
  const ordered = elements.toSorted((left, right) => (left.tag < right.tag ? -1 : 1));
  const dataSet = new Map<string, DataElement>();
  for (const raw of ordered) {
    if (!isData(raw.tag)) continue;
    const element = toElement(raw, here);
    dataSet.set(element.tag, element);
  }
  return dataSet;
}

/** Group lengths (retired) and item delimiters are layout, not data. */
const isData = (tag: string): boolean => !tag.endsWith("0000") && !tag.startsWith("xfffe");

function toElement(raw: Element, written: Written): DataElement {
  const tag = raw.tag.slice(1).toUpperCase();
  if (raw.fragments) return encapsulated(raw, tag, written);
  const end = raw.dataOffset + raw.length;
  if (end > written.end) {
    throw new DicomError(`DICOM attribute ${nameOf(tag)} runs past the end of its item`);
  }
  const vr = vrOf(raw, tag, written);
  const items = vr === "SQ" ? itemsOf(raw, written) : undefined;
  if (items) return { tag, vr, bytes: NO_BYTES, items };
  const value = written.bytes.subarray(raw.dataOffset, end);
  // The words of what a file calls UN were not swapped when it was made (PS3.5 6.2.2).
  const isSwapped = written.isBigEndian && writtenVr(raw, written.bytes) !== "UN";
  const bytes = isSwapped ? toLittleEndian(value, vr) : value;
  return { tag, vr: vr === "SQ" ? "UN" : vr, bytes };
}

function vrOf(raw: Element, tag: string, { bytes, isExplicit, isSigned }: Written): string {
  const vr = isExplicit ? writtenVr(raw, bytes) : "UN";
  if (vr !== "UN") return vr;
  // PS3.5 6.2.2: a value of unknown VR and undefined length is a sequence in implicit VR.
  if (raw.hadUndefinedLength) return "SQ";
  // Assumed: an element that was sent as UN gets the VR the dictionary knows (PS3.5 6.2.2, note 2).
  return impliedVr(tag, isSigned);
}

/** The VR in the file; BoundedStream hides three of them behind UN. */
function writtenVr({ vr, dataOffset }: Element, bytes: Uint8Array): string {
  const inFile = vr === "UN" ? asciiAt(bytes, dataOffset - 8, 2) : vr;
  return isVr(inFile) ? inFile : "UN";
}

/** A sequence's items; undefined where an element that the file calls UN turns out not to be one. */
function itemsOf(raw: Element, written: Written): DataSet[] | undefined {
  const isExplicit = written.isExplicit && raw.vr === "SQ";
  // A sequence that a file calls UN is in Implicit VR Little Endian in any file (PS3.5 6.2.2).
  const isBigEndian = written.isBigEndian && isExplicit;
  const inside = { ...written, isExplicit, isBigEndian, depth: written.depth + 1 };
  if (isExplicit || (!written.isExplicit && raw.items)) {
    return toItems(raw.items ?? [], raw, inside);
  }
  try {
    const rereads = written.rereads + 1;
    return toItems(readImplicitItems(raw, written.bytes), raw, { ...inside, rereads });
  } catch (error) {
    if (raw.hadUndefinedLength) throw unreadable(raw.tag.slice(1).toUpperCase(), error);
    return undefined;
  }
}

function toItems(items: readonly Element[], sequence: Element, written: Written): DataSet[] {
  return items.map(({ dataOffset, length, dataSet }) => {
    const end = dataOffset + length;
    if (end > sequence.dataOffset + sequence.length) {
      const tag = sequence.tag.slice(1).toUpperCase();
      throw new DicomError(`An item of DICOM attribute ${nameOf(tag)} runs past its end`);
    }
    return toDataSet(Object.values(dataSet?.elements ?? {}), { ...written, end });
  });
}

/** dicom-parser drops the items of private sequences and reads those of UN without a dictionary. */
function readImplicitItems({ tag, length, dataOffset }: Element, bytes: Uint8Array): Element[] {
  const sequence: Element = { tag, length, dataOffset };
  if (length === 0) return [];
  const stream = new BoundedStream(bytes, dataOffset);
  dicomParser.readSequenceItemsImplicit(stream, sequence, sequencesOf(stream));
  return sequence.items ?? [];
}

/**
 * For implicit VR: tells dicom-parser which elements are sequences, by the dictionary or, as it is
 * called between tag and length, by an undefined length ahead (PS3.5 7.1.3).
 */
export const sequencesOf =
  (stream: BoundedStream) =>
  (tag: string): string => {
    const length = stream.byteArrayParser.readUint32(stream.byteArray, stream.position);
    const isKnown = lookUp(tag.slice(1).toUpperCase())?.vr === "SQ";
    return isKnown || length === UNDEFINED_LENGTH ? "SQ" : "UN";
  };

function encapsulated(raw: Element, tag: string, { bytes }: Written): DataElement {
  const fragments = (raw.fragments ?? []).map(({ position, length }) =>
    bytes.subarray(position, position + length),
  );
  const offsetTable = raw.basicOffsetTable ?? [];
  return { tag, vr: "OB", bytes: NO_BYTES, encapsulated: { offsetTable, fragments } };
}

function pixelRepresentation(
  elements: readonly Element[],
  { bytes, isBigEndian }: Written,
): boolean | undefined {
  const found = elements.find(({ tag }) => tag === "x00280103");
  if (found === undefined || found.length < 2) return undefined;
  return bytes[found.dataOffset + (isBigEndian ? 1 : 0)] === 1;
}

export const asciiAt = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));
