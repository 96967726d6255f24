import type { FrameShape } from "./frame-shape.ts";
import { keepWithin } from "./extent.ts";
import { newSamples, type Samples } from "./samples.ts";

/** The position of the significant bits in a sample, and their meaning. */
export type StoredBits = Pick<FrameShape, "bitsAllocated" | "bitsStored" | "highBit" | "isSigned">;

/**
 * Extracts BitsStored bits up to and including HighBit, by shifting them to the top of 32 bits and back: bits
 * above or below (overlays, in old files) are not part of the sample. Samples that are already normal are not
 * copied.
 */
export function extendStoredBits(samples: Samples, shape: StoredBits): Samples {
  const { bitsAllocated, bitsStored, highBit, isSigned } = shape;
  if (highBit === bitsStored - 1 && keepWithin(samples, bitsStored, isSigned)) return samples;
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
