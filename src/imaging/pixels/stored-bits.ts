import type { FrameShape } from "./frame-shape.ts";
import { keepWithin } from "./extent.ts";
import { newSamples, type Samples } from "./samples.ts";

/** Where the bits that count lie in a sample, and what they mean. */
export type StoredBits = Pick<FrameShape, "bitsAllocated" | "bitsStored" | "highBit" | "isSigned">;

/**
 * Takes BitsStored bits below and with HighBit, by shifting them to the top of 32 bits and back:
 * what lies above or below them (overlays, in old files) is not part of the sample. Samples that are
 * normal already are not copied.
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
