import type { FrameShape } from "../pixels/frame-shape.ts";
import { nameInMessages } from "./dictionary.ts";
import { DicomError } from "./dicom-error.ts";
import { encapsulatedFrames } from "./encapsulated-frames.ts";
import { frameShapeOf, numberOfFrames } from "./image-attributes.ts";
import type { Part10 } from "./part10.ts";

export interface PixelData {
  readonly shape: FrameShape;
  /**
   * Frame by frame, in order: the codestreams where the transfer syntax is encapsulated, else
   * samples, little-endian. Views into the file's bytes where that can be.
   */
  readonly frames: readonly Uint8Array[];
}

const PIXEL_DATA = "7FE00010";
const UNSUPPORTED_PIXEL_DATA = ["7FE00008", "7FE00009"];

/**
 * The frames of Pixel Data (PS3.5 8.1.1, A.1 and A.4); undefined where the instance has none. Pixel
 * data inside sequences, such as that of icons, makes no frames.
 *
 * Throws DicomError for pixel data that holds not as much as its attributes say.
 */
export function pixelDataOf({ dataSet, transferSyntax }: Part10): PixelData | undefined {
  const unsupported = UNSUPPORTED_PIXEL_DATA.find((tag) => dataSet.has(tag));
  if (unsupported) throw new DicomError(`DICOM attribute ${nameInMessages(unsupported)} is not supported`);
  const pixelData = dataSet.get(PIXEL_DATA);
  if (pixelData === undefined) return undefined;
  const { encapsulated } = pixelData;
  if (transferSyntax.isEncapsulated !== (encapsulated !== undefined)) {
    const not = encapsulated ? "" : "not ";
    throw new DicomError(`Pixel data of transfer syntax ${transferSyntax.uid} is ${not}encapsulated`);
  }
  const shape = frameShapeOf(dataSet);
  const count = numberOfFrames(dataSet);
  const frames = encapsulated
    ? encapsulatedFrames(encapsulated, count)
    : cut(pixelData.bytes, nativeByteLength(shape), count);
  return { shape, frames };
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
