import type { FrameShape } from "../../pixels/frame-shape.ts";
import { isSubsampled422 } from "../../pixels/sources/ybr-422.ts";
import { DicomError } from "../dicom-error.ts";

export interface PixelData {
  readonly shape: FrameShape;
  /**
   * Frame by frame, in order: the codestreams where the transfer syntax is encapsulated, else
   * samples, little-endian. Views into the file's bytes where that can be.
   */
  readonly frames: readonly Uint8Array[];
}

/**
 * The frames of native Pixel Data (PS3.5 8.1.1), cut by its length, and the shape that this length
 * shows. Throws DicomError for a length that may mean several shapes.
 */
export function nativeFrames(bytes: Uint8Array, shape: FrameShape, count: number): PixelData {
  const byteLength = frameByteLength(shape, shape.samplesPerPixel);
  if (!isSubsampled422(shape)) return cut(bytes, shape, byteLength, count);
  // Assumed: full-samples-422. Three whole samples for each pixel are YBR_FULL, whatever the attribute says,
  // since other readers take them so; the metadata keeps what the file said.
  if (isExactly(bytes.length, byteLength * count)) {
    return cut(bytes, { ...shape, photometricInterpretation: "YBR_FULL" }, byteLength, count);
  }
  // Two pixels share one Cb and one Cr (PS3.3 C.7.6.3.1.2).
  return cut(bytes, shape, frameByteLength(shape, 2), count);
}

function frameByteLength({ rows, columns, bitsAllocated }: FrameShape, samplesPerPixel: number): number {
  if (bitsAllocated === 1) {
    throw new DicomError("Binary segmentation (BitsAllocated 1) is not supported by the service");
  }
  if (bitsAllocated === 0 || bitsAllocated % 8 !== 0) {
    throw new DicomError(`BitsAllocated ${bitsAllocated} is not supported, expected 8 or 16`);
  }
  if (rows * columns * samplesPerPixel === 0) {
    throw new DicomError(`An image of ${columns}x${rows}x${samplesPerPixel} has no pixels`);
  }
  return rows * columns * samplesPerPixel * (bitsAllocated / 8);
}

/** Counts before it cuts: absurd sizes are refused before they take memory. */
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

/** With the byte that makes an odd length even (PS3.5 7.1.1), whatever it is. */
const isExactly = (found: number, expected: number): boolean => found === expected + (expected % 2);

/**
 * Assumed: trailing-zeros. Zeros behind the last frame are padding, however many, as other readers have it.
 * Anything else may be rows, columns, samples or frames that the attributes do not tell; so may be as many
 * zeros as there are frames of an odd length, which would each have been padded.
 */
function isFollowedByZeros(bytes: Uint8Array, byteLength: number, count: number): boolean {
  const surplus = bytes.length - byteLength * count;
  const isPerFrame = byteLength % 2 === 1 && count > 1 && surplus === count;
  return surplus >= 0 && !isPerFrame && bytes.subarray(byteLength * count).every((byte) => byte === 0);
}
