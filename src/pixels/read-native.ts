import { checkFrameShape, type FrameShape } from "./frame-shape.ts";
import { PixelError } from "./pixel-error.ts";
import { newSamples, type Samples, viewSamples } from "./samples.ts";

/**
 * The samples of one frame of native (uncompressed) pixel data, little endian (DICOM PS3.5 8.1).
 * Bytes that are normal already are not copied: the samples then share the memory of `bytes`.
 * Throws a PixelError on a shape that is not supported or a wrong number of bytes.
 */
export function readNative(bytes: Uint8Array, shape: FrameShape): Samples {
  checkFrameShape(shape);
  checkByteLength(bytes.length, shape);
  return interleave(extendStoredBits(viewSamples(bytes, shape.bitsAllocated, shape.isSigned), shape), shape);
}

function checkByteLength(found: number, shape: FrameShape): void {
  const { columns, rows, samplesPerPixel, bitsAllocated } = shape;
  const factors = [columns, rows, ...(samplesPerPixel > 1 ? [samplesPerPixel] : []), bitsAllocated / 8];
  const wanted = factors.reduce((product, factor) => product * factor);
  if (found !== wanted) {
    throw new PixelError(`expected ${wanted} bytes (${factors.join("x")}), got ${found}`);
  }
}

/**
 * Takes BitsStored bits below and with HighBit, by shifting them to the top of 32 bits and back:
 * what lies above or below them (overlays, in old files) is no part of the sample.
 */
function extendStoredBits(samples: Samples, shape: FrameShape): Samples {
  const { bitsAllocated, bitsStored, highBit, isSigned } = shape;
  if (bitsStored === bitsAllocated) return samples;
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  const extended = newSamples(bitsAllocated, isSigned, samples.length);
  if (isSigned) {
    for (let i = 0; i < samples.length; i++) extended[i] = ((samples[i] ?? 0) << up) >> down;
  } else {
    for (let i = 0; i < samples.length; i++) extended[i] = ((samples[i] ?? 0) << up) >>> down;
  }
  return extended;
}

function interleave(samples: Samples, shape: FrameShape): Samples {
  const { samplesPerPixel, planarConfiguration, bitsAllocated, isSigned } = shape;
  if (samplesPerPixel === 1 || planarConfiguration === 0) return samples;
  const interleaved = newSamples(bitsAllocated, isSigned, samples.length);
  const planeLength = samples.length / samplesPerPixel;
  for (let component = 0, from = 0; component < samplesPerPixel; component++) {
    let to = component;
    for (const end = from + planeLength; from < end; from++, to += samplesPerPixel) {
      interleaved[to] = samples[from] ?? 0;
    }
  }
  return interleaved;
}
