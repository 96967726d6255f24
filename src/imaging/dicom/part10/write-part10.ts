import type { DataElement, DataSet } from "../data-set.ts";
import { ITEM, writeTag } from "../tag.ts";
import { HEADER_LENGTH, isBinary, isLongForm, LONG_HEADER_LENGTH, UNDEFINED_LENGTH } from "../vr.ts";

const PREAMBLE_LENGTH = 128;
const MAX_SHORT_LENGTH = 0xfffe;

/**
 * A DICOM file (PS3.10 7.1) without pixel data: file meta information and data set, both in Explicit VR
 * Little Endian, each element padded to even length.
 * @param fileMeta without its group length, which is calculated here
 */
export function writePart10({ fileMeta, dataSet }: { fileMeta: DataSet; dataSet: DataSet }): Buffer {
  const meta = writeDataSet(fileMeta);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(meta.length);
  const first: DataElement = { tag: "00020000", vr: "UL", bytes: groupLength };
  return Buffer.concat([
    Buffer.alloc(PREAMBLE_LENGTH),
    Buffer.from("DICM"),
    writeDataSet(new Map([[first.tag, first]])),
    meta,
    writeDataSet(dataSet),
  ]);
}

/** Consecutive elements, in the order of the map. */
export function writeDataSet(dataSet: DataSet): Buffer {
  const chunks: Uint8Array[] = [];
  for (const element of dataSet.values()) pushElement(element, chunks);
  return Buffer.concat(chunks);
}

function pushElement({ tag, vr, bytes, items }: DataElement, to: Uint8Array[]): void {
  if (items === undefined) return void to.push(...writeElement(tag, vr, bytes));
  const chunks: Uint8Array[] = [];
  for (const item of items) {
    const inside: Uint8Array[] = [];
    for (const element of item.values()) pushElement(element, inside);
    chunks.push(itemHeader(byteLengthOf(inside)));
    for (const chunk of inside) chunks.push(chunk);
  }
  to.push(elementHeader(tag, "SQ", byteLengthOf(chunks)));
  for (const chunk of chunks) to.push(chunk);
}

function writeElement(tag: string, vr: string, bytes: Uint8Array): Uint8Array[] {
  const isOdd = bytes.length % 2 === 1;
  const byteLength = bytes.length + (isOdd ? 1 : 0);
  // A value too long for its VR's length is written as UN, whose length field is larger (PS3.5 6.2.2).
  const written = !isLongForm(vr) && byteLength > MAX_SHORT_LENGTH ? "UN" : vr;
  const header = elementHeader(tag, written, byteLength);
  return isOdd ? [header, bytes, Uint8Array.of(padOf(vr))] : [header, bytes];
}

/** PS3.5 6.2: UIDs and bytes end with NUL, text with a space. */
const padOf = (vr: string): number => (vr === "UI" || isBinary(vr) ? 0 : 0x20);

/** @param byteLength even; undefined if a delimiter ends the element */
export function elementHeader(tag: string, vr: string, byteLength: number | undefined): Buffer {
  const isLong = isLongForm(vr);
  const header = Buffer.alloc(isLong ? LONG_HEADER_LENGTH : HEADER_LENGTH);
  writeTag(header, tag);
  header.write(vr, 4, "latin1");
  if (isLong) header.writeUInt32LE(byteLength ?? UNDEFINED_LENGTH, 8);
  else header.writeUInt16LE(byteLength ?? 0, 6);
  return header;
}

/** The header of a sequence item or a pixel data fragment: (FFFE,E000). */
export const itemHeader = (byteLength: number): Buffer => delimiter(ITEM, byteLength);

/** (FFFE,E0DD) and other delimiters: they have no VR. */
export function delimiter(tag: string, byteLength = 0): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  writeTag(header, tag);
  header.writeUInt32LE(byteLength, 4);
  return header;
}

const byteLengthOf = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((sum, { length }) => sum + length, 0);
