import type { FrameShape } from "../pixels/frame-shape.ts";
import { DEFAULT_REPERTOIRE } from "./character-set.ts";
import type { DataSet } from "./data-set.ts";
import { nameOf } from "./dictionary.ts";
import { DicomError, missingAttribute } from "./dicom-error.ts";
import { valuesOf } from "./element-value.ts";
import type { Part10 } from "./part10.ts";
import { notYetSupported } from "./transfer-syntaxes.ts";

export interface NativePixelData {
  readonly shape: FrameShape;
  /** Frame by frame, in order: views into the file's bytes, little-endian. */
  readonly frames: readonly Uint8Array[];
}

const PIXEL_DATA = "7FE00010";
const UNSUPPORTED_PIXEL_DATA = ["7FE00008", "7FE00009"];

/**
 * The frames of uncompressed Pixel Data (PS3.5 8.1.1 and A.1); undefined where the instance has
 * none. Pixel data inside sequences, such as that of icons, makes no frames.
 *
 * Throws DicomError for pixel data that is compressed, or not as long as its attributes say.
 */
export function nativePixelData(part10: Part10): NativePixelData | undefined {
  const { dataSet, transferSyntax } = part10;
  const unsupported = UNSUPPORTED_PIXEL_DATA.find((tag) => dataSet.has(tag));
  if (unsupported) throw new DicomError(`DICOM attribute ${nameOf(unsupported)} is not supported`);
  const pixelData = dataSet.get(PIXEL_DATA);
  if (pixelData === undefined) return undefined;
  if (transferSyntax.isEncapsulated) throw notYetSupported(transferSyntax);
  if (pixelData.encapsulated) {
    throw new DicomError(`Pixel data of transfer syntax ${transferSyntax.uid} is encapsulated`);
  }
  const shape = frameShapeOf(dataSet);
  return { shape, frames: cut(pixelData.bytes, nativeByteLength(shape), numberOfFrames(dataSet)) };
}

/**
 * The image's shape as its attributes give it, not checked for sense: that is for the pixels.
 * Assumed: where Bits Stored, High Bit, Pixel Representation or Planar Configuration is missing,
 * the samples are unsigned, fill what is allocated for them and are interleaved.
 */
export function frameShapeOf(dataSet: DataSet): FrameShape {
  const bitsAllocated = needed(dataSet, "00280100");
  const bitsStored = numberIn(dataSet, "00280101") ?? bitsAllocated;
  return {
    rows: needed(dataSet, "00280010"),
    columns: needed(dataSet, "00280011"),
    samplesPerPixel: needed(dataSet, "00280002"),
    bitsAllocated,
    bitsStored,
    highBit: numberIn(dataSet, "00280102") ?? bitsStored - 1,
    isSigned: numberIn(dataSet, "00280103") === 1,
    planarConfiguration: numberIn(dataSet, "00280006") ?? 0,
    photometricInterpretation: String(firstValue(dataSet, "00280004") ?? missing("00280004")),
  };
}

/** Absent means one frame. */
export function numberOfFrames(dataSet: DataSet): number {
  const count = numberIn(dataSet, "00280008") ?? 1;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new DicomError(`DICOM attribute NumberOfFrames is ${count}, expected 1 or more`);
  }
  return count;
}

/** Of one uncompressed frame. */
function nativeByteLength(shape: FrameShape): number {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = shape;
  if (bitsAllocated === 1) {
    throw new DicomError("Binary segmentation (BitsAllocated 1) is not supported by the service");
  }
  if (bitsAllocated === 0 || bitsAllocated % 8 !== 0) {
    throw new DicomError(`BitsAllocated ${bitsAllocated} is not supported, expected 8 or 16`);
  }
  if (rows * columns * samplesPerPixel === 0) {
    throw new DicomError(`An image of ${columns}x${rows}x${samplesPerPixel} has no pixels`);
  }
  // Two pixels share one Cb and one Cr (PS3.3 C.7.6.3.1.2).
  const isSubsampled = /^YBR_(FULL|PARTIAL)_422$/.test(photometricInterpretation);
  return rows * columns * (isSubsampled ? 2 : samplesPerPixel) * (bitsAllocated / 8);
}

/** Counts before it cuts: absurd sizes are refused before they take memory. */
function cut(bytes: Uint8Array, frameByteLength: number, count: number): Uint8Array[] {
  const expected = frameByteLength * count;
  const isTooShort = bytes.length < expected;
  if (isTooShort || !isPadding(bytes.subarray(expected), frameByteLength)) {
    throw new DicomError(
      `DICOM attribute PixelData: expected ${expected} bytes ` +
        `(${count} x ${frameByteLength}), got ${bytes.length}`,
    );
  }
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * frameByteLength, (index + 1) * frameByteLength),
  );
}

/**
 * Assumed: what follows the last frame is padding if it is less than a frame, or zeros; more means
 * that NumberOfFrames is wrong, and frames would be lost.
 */
const isPadding = (rest: Uint8Array, frameByteLength: number): boolean =>
  rest.length < frameByteLength || rest.every((byte) => byte === 0);

const needed = (dataSet: DataSet, tag: string): number => numberIn(dataSet, tag) ?? missing(tag);

function numberIn(dataSet: DataSet, tag: string): number | undefined {
  const value = firstValue(dataSet, tag);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) throw new DicomError(`DICOM attribute ${nameOf(tag)} is not a number`);
  return number;
}

function firstValue(dataSet: DataSet, tag: string): number | string | undefined {
  const element = dataSet.get(tag);
  return element && valuesOf(element, DEFAULT_REPERTOIRE, true)[0];
}

function missing(tag: string): never {
  throw missingAttribute(nameOf(tag));
}
