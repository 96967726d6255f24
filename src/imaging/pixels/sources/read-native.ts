import { isSubsampled422, upsample422 } from "./ybr-422.ts";
import { extendStoredBits } from "../stored-bits.ts";
import { checkFrameShape, type FrameShape } from "../frame-shape.ts";
import { interleavePlanes } from "./interleave.ts";
import { PixelError } from "../pixel-error.ts";
import { type Samples, viewSamples } from "../samples.ts";

/**
 * The samples of one frame of native (uncompressed) pixel data, little endian (DICOM PS3.5 8.1). Bytes that
 * are already normal are not copied: the samples then share the memory of `bytes`. Throws a PixelError for an
 * unsupported shape or a wrong number of bytes.
 */
export function readNative(bytes: Uint8Array, shape: FrameShape): Samples {
  checkFrameShape(shape);
  checkByteLength(bytes.length, shape);
  const { bitsAllocated, isSigned, samplesPerPixel, planarConfiguration } = shape;
  const samples = extendStoredBits(viewSamples(bytes, bitsAllocated, isSigned), shape);
  if (isSubsampled422(shape)) return upsample422(samples, shape);
  const isPlanar = samplesPerPixel > 1 && planarConfiguration === 1;
  return isPlanar ? interleavePlanes(samples, samplesPerPixel) : samples;
}

function checkByteLength(found: number, shape: FrameShape): void {
  const { columns, rows, samplesPerPixel, bitsAllocated } = shape;
  const samples = isSubsampled422(shape) ? 2 : samplesPerPixel;
  const factors = [columns, rows, ...(samplesPerPixel > 1 ? [samples] : []), bitsAllocated / 8];
  const wanted = factors.reduce((product, factor) => product * factor);
  if (found !== wanted) {
    throw new PixelError(`expected ${wanted} bytes (${factors.join("x")}), got ${found}`);
  }
}
