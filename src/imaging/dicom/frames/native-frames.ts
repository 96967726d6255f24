import type { ImportWarningType } from "../../../api/import-warnings.ts";
import type { FrameShape } from "../../pixels/frame-shape.ts";
import { isZeros } from "../../pixels/bytes.ts";
import { isSubsampled422 } from "../../pixels/sources/ybr-422.ts";
import { DicomError, UnsupportedError } from "../dicom-error.ts";

export interface PixelData {
  readonly shape: FrameShape;
  /**
   * The frames in order: codestreams if the transfer syntax is encapsulated, else little-endian samples.
   * Views of the file's bytes where possible.
   */
  readonly frames: readonly Uint8Array[];
  /** What is wrong with them, although they are whole. */
  readonly problems?: readonly FrameProblem[];
}

export type FrameProblem = Extract<ImportWarningType, "FrameNumberMismatch" | "InvalidOffsetTable">;

/**
 * The frames of native Pixel Data (PS3.5 8.1.1), split by its length, and the shape that this length implies.
 * Throws DicomError for a length that fits several shapes.
 */
export function nativeFrames(bytes: Uint8Array, shape: FrameShape, count: number): PixelData {
  const byteLength = frameByteLength(shape, shape.samplesPerPixel);
  if (!isSubsampled422(shape)) return cut(bytes, shape, byteLength, count);
  // Assumed: full-samples-422. Three full samples for each pixel are YBR_FULL, whatever the attribute says,
  // since other readers do the same; the metadata keeps the file's value.
  if (isExactly(bytes.length, byteLength * count)) {
    return cut(bytes, { ...shape, photometricInterpretation: "YBR_FULL" }, byteLength, count);
  }
  // Two pixels share one Cb and one Cr (PS3.3 C.7.6.3.1.2).
  return cut(bytes, shape, frameByteLength(shape, 2), count);
}

function frameByteLength({ rows, columns, bitsAllocated }: FrameShape, samplesPerPixel: number): number {
  if (bitsAllocated === 1) {
    throw new UnsupportedError("Binary segmentation (BitsAllocated 1)");
  }
  if (bitsAllocated === 0 || bitsAllocated % 8 !== 0) {
    throw new DicomError(`BitsAllocated ${bitsAllocated} is not supported, expected 8 or 16`);
  }
  if (rows * columns * samplesPerPixel === 0) {
    throw new DicomError(`An image of ${columns}x${rows}x${samplesPerPixel} has no pixels`);
  }
  return rows * columns * samplesPerPixel * (bitsAllocated / 8);
}

/** Checks the number before it splits: absurd sizes are refused before they take memory. */
function cut(bytes: Uint8Array, shape: FrameShape, byteLength: number, count: number): PixelData {
  const expected = byteLength * count;
  if (!isExactly(bytes.length, expected) && !isFollowedByZeros(bytes, byteLength, count)) {
    throw new DicomError(
      `DICOM attribute PixelData: expected ${expected} bytes ` +
        `(${count} x ${byteLength}), got ${bytes.length}`,
    );
  }
  const frames = Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * byteLength, (index + 1) * byteLength),
  );
  return { shape, frames };
}

/** Includes the byte that pads an odd length (PS3.5 7.1.1), whatever its value. */
const isExactly = (found: number, expected: number): boolean => found === expected + (expected % 2);

/**
 * Assumed: trailing-zeros. Any number of zeros after the last frame is padding, as other readers treat it.
 * Other bytes may be rows, columns, samples or frames that the attributes do not describe. So may as many
 * zeros as there are frames of an odd length, each of which could have been padded.
 */
function isFollowedByZeros(bytes: Uint8Array, byteLength: number, count: number): boolean {
  const surplus = bytes.length - byteLength * count;
  const isPerFrame = byteLength % 2 === 1 && count > 1 && surplus === count;
  return surplus >= 0 && !isPerFrame && isZeros(bytes.subarray(byteLength * count));
}
