import type { DecodedImage } from "./decoded-image.ts";
import type { FrameShape } from "../frame-shape.ts";
import { PixelError } from "../pixel-error.ts";
import { newSamples, type Samples } from "../samples.ts";
import { extendStoredBits } from "../stored-bits.ts";

/**
 * Decoded samples in the form of the attributes.
 * Assumed: attributes-over-codestream. If the two disagree the attributes count, as for native pixel data:
 * BitsStored bits below HighBit, extended by Pixel Representation. Throws a PixelError if the samples do not
 * fit the allocated bits.
 */
export function conform(image: DecodedImage, shape: FrameShape): Samples {
  const { bitsAllocated, bitsStored, isSigned } = shape;
  const { bitsPerSample } = image;
  if (bitsPerSample > bitsAllocated) {
    throw new PixelError(
      `BitsAllocated ${bitsAllocated} found, but the codestream has ${bitsPerSample} bits`,
    );
  }
  const samples = inType(image.samples, bitsAllocated, isSigned);
  // Samples with fewer bits than HighBit implies are in the lowest bits, wherever they were before
  // compression.
  const highBit = bitsPerSample <= shape.highBit ? bitsStored - 1 : shape.highBit;
  const isAlike = image.isSigned === isSigned && highBit === bitsStored - 1;
  if (isAlike && bitsPerSample <= bitsStored) return samples;
  // Lossy samples may slightly exceed the range of the stored bits; truncated to those bits they would wrap.
  if (isAlike && image.isLossy) return clamp(samples, shape);
  return extendStoredBits(samples, { bitsAllocated, bitsStored, highBit, isSigned });
}

/** The same bits as wide as BitsAllocated, sign-extended if they are signed. */
function inType(samples: Samples, bitsAllocated: number, isSigned: boolean): Samples {
  const typed = newSamples(bitsAllocated, isSigned, 0);
  if (samples.constructor === typed.constructor) return samples;
  const converted = newSamples(bitsAllocated, isSigned, samples.length);
  converted.set(samples);
  return converted;
}

function clamp(samples: Samples, { bitsAllocated, bitsStored, isSigned }: FrameShape): Samples {
  const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const highest = lowest + 2 ** bitsStored - 1;
  const clamped = newSamples(bitsAllocated, isSigned, samples.length);
  for (let i = 0; i < samples.length; i++) {
    clamped[i] = Math.min(Math.max(samples[i] ?? 0, lowest), highest);
  }
  return clamped;
}
