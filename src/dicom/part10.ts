import dicomParser, { type Element } from "dicom-parser";
import { BoundedStream, unreadable } from "./bounded-stream.ts";
import type { DataSet } from "./data-set.ts";
import { DicomError, missingAttribute, notDicom } from "./dicom-error.ts";
import { readFragments } from "./fragments.ts";
import { inflateDataSet } from "./inflate.ts";
import { asciiAt, sequencesOf, toDataSet, UNDEFINED_LENGTH } from "./element-tree.ts";
import {
  acceptedTransferSyntax,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type TransferSyntax,
} from "./transfer-syntaxes.ts";
import { isVr } from "./value-representation.ts";

/** A DICOM file (PS3.10 7): its values are views into the bytes it was read from. */
export interface Part10 {
  readonly transferSyntax: TransferSyntax;
  /** Group 0002. */
  readonly fileMeta: DataSet;
  readonly dataSet: DataSet;
}

const PREAMBLE_LENGTH = 128;
const ELEMENT_HEADER_LENGTH = 8;
/** Of the VRs with a 4-byte length (PS3.5 7.1.2). */
const EXPLICIT_HEADER_LENGTH = 12;
const PIXEL_DATA = "7FE00010";

/** Throws DicomError, and nothing else, for whatever is no DICOM file or cannot be read as one. */
export function parsePart10(bytes: Uint8Array): Part10 {
  if (asciiAt(bytes, PREAMBLE_LENGTH, 4) !== "DICM" || bytes.length === PREAMBLE_LENGTH + 4) {
    throw notDicom();
  }
  const stream = new BoundedStream(bytes, PREAMBLE_LENGTH + 4);
  const fileMeta = readFileMeta(stream);
  if (fileMeta.size === 0) throw notDicom();
  const transferSyntax = transferSyntaxOf(fileMeta);
  const dataSet = readDataSet(dataSetStream(stream, transferSyntax), transferSyntax);
  if (dataSet.size === 0) throw notDicom();
  return { transferSyntax, fileMeta, dataSet };
}

/** Always Explicit VR Little Endian. It ends with its group: its group length is often wrong. */
function readFileMeta(stream: BoundedStream): DataSet {
  const elements = new Map<string, Element>();
  while (tagAt(stream, stream.position).startsWith("0002")) {
    const element = readElement(stream, true);
    elements.set(element.tag, element);
  }
  return toDataSet([...elements.values()], written(stream, true));
}

function transferSyntaxOf(fileMeta: DataSet): TransferSyntax {
  const bytes = fileMeta.get("00020010")?.bytes ?? new Uint8Array(0);
  const uid = asciiAt(bytes, 0, Math.min(bytes.length, 256)).replace(/[\0 ]+$/, "");
  if (uid === "") throw missingAttribute("TransferSyntaxUID");
  return acceptedTransferSyntax(uid);
}

/** What follows the file meta information, in the byte order it is in. */
function dataSetStream(stream: BoundedStream, { uid }: TransferSyntax): BoundedStream {
  const { byteArray, position } = stream;
  if (position === byteArray.length) throw notDicom();
  if (uid === DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN) {
    const inflated = inflateDataSet(byteArray.subarray(position));
    if (inflated.length === 0) throw notDicom();
    return new BoundedStream(inflated, 0);
  }
  return new BoundedStream(byteArray, position, uid === EXPLICIT_VR_BIG_ENDIAN);
}

function readDataSet(stream: BoundedStream, { uid }: TransferSyntax): DataSet {
  const elements = new Map<string, Element>();
  const isExplicit = isWrittenExplicit(stream, uid !== IMPLICIT_VR_LITTLE_ENDIAN);
  while (stream.position < stream.byteArray.length && !isPadding(stream)) {
    const element = readElement(stream, isExplicit);
    elements.set(element.tag, element);
  }
  return toDataSet([...elements.values()], written(stream, isExplicit));
}

/**
 * Assumed: where a data set plainly is not encoded as its transfer syntax says, its first element
 * counts. Such files are common, and other readers take them.
 */
function isWrittenExplicit({ byteArray, position }: BoundedStream, isClaimed: boolean): boolean {
  const vr = asciiAt(byteArray, position + 4, 2);
  return isClaimed ? /^[A-Z]{2}$/.test(vr) : isVr(vr);
}

/** Assumed: zeros after the last element are the padding of a block device. */
function isPadding({ byteArray, position }: BoundedStream): boolean {
  const rest = byteArray.subarray(position);
  if (!rest.subarray(0, ELEMENT_HEADER_LENGTH).every(isZero)) return false;
  if (rest.every(isZero)) return true;
  throw new DicomError(`DICOM data set cannot be read: no element at offset ${position}`);
}

const isZero = (byte: number): boolean => byte === 0;

function readElement(stream: BoundedStream, isExplicit: boolean): Element {
  const { byteArray, position } = stream;
  const left = byteArray.length - position;
  if (left < ELEMENT_HEADER_LENGTH) {
    throw new DicomError(`DICOM data set is truncated: ${left} bytes at its end are no element`);
  }
  try {
    const element =
      readEncapsulated(stream, isExplicit) ??
      (isExplicit
        ? dicomParser.readDicomElementExplicit(stream, stream.warnings)
        : dicomParser.readDicomElementImplicit(stream, undefined, sequencesOf(stream)));
    const endless = stream.warnings.splice(0).find((warning) => warning.startsWith("eof encountered"));
    if (endless !== undefined) throw new Error(endless);
    return element;
  } catch (error) {
    throw unreadable(tagAt(stream, position), error);
  }
}

/** Pixel Data of undefined length: dicom-parser would miss what `readFragments` forgives. */
function readEncapsulated(stream: BoundedStream, isExplicit: boolean): Element | undefined {
  const { byteArray, position, byteArrayParser } = stream;
  if (tagAt(stream, position) !== PIXEL_DATA) return undefined;
  const headerLength = isExplicit ? EXPLICIT_HEADER_LENGTH : ELEMENT_HEADER_LENGTH;
  if (position + headerLength > byteArray.length) return undefined;
  const length = byteArrayParser.readUint32(byteArray, position + headerLength - 4);
  if (length !== UNDEFINED_LENGTH) return undefined;
  const dataOffset = position + headerLength;
  const { offsetTable, fragments, end } = readFragments(byteArray, dataOffset);
  stream.position = end;
  return {
    tag: "x7fe00010",
    length: end - dataOffset,
    dataOffset,
    basicOffsetTable: [...offsetTable],
    fragments: fragments.map((fragment) => ({ ...fragment, offset: fragment.position - dataOffset })),
  };
}

const written = (stream: BoundedStream, isExplicit: boolean) => ({
  bytes: stream.byteArray,
  isExplicit,
  isBigEndian: stream.byteArrayParser === dicomParser.bigEndianByteArrayParser,
  end: stream.byteArray.length,
  depth: 0,
  rereads: 0,
  isSigned: false,
});

/** GGGGEEEE at an offset, or what is left of it. */
function tagAt({ byteArray, byteArrayParser }: BoundedStream, offset: number): string {
  const isBigEndian = byteArrayParser === dicomParser.bigEndianByteArrayParser;
  const [a = 0, b = 0, c = 0, d = 0] = byteArray.subarray(offset);
  return (isBigEndian ? [a, b, c, d] : [b, a, d, c])
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();
}
