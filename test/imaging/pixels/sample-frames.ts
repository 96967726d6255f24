import type { FrameShape } from "../../../src/imaging/pixels/frame-shape.ts";
import { newSamples, type Samples } from "../../../src/imaging/pixels/samples.ts";

/** A shape that is supported: 16 bits of grey, where `differences` does not say otherwise. */
export function frameShape(differences: Partial<FrameShape> = {}): FrameShape {
  const bitsStored = differences.bitsStored ?? 16;
  const samplesPerPixel = differences.samplesPerPixel ?? 1;
  return {
    rows: 4,
    columns: 6,
    samplesPerPixel,
    bitsAllocated: bitsStored <= 8 ? 8 : 16,
    bitsStored,
    highBit: bitsStored - 1,
    isSigned: false,
    planarConfiguration: 0,
    photometricInterpretation: samplesPerPixel === 1 ? "MONOCHROME2" : "RGB",
    ...differences,
  };
}

export const CONTENTS = ["noise", "gradient", "constant", "extremes"] as const;
export type Content = (typeof CONTENTS)[number];

/** Normalised samples over the shape's whole range. */
export function fill(shape: FrameShape, content: Content): Samples {
  const lowest = shape.isSigned ? -(2 ** (shape.bitsStored - 1)) : 0;
  const span = 2 ** shape.bitsStored - 1;
  const length = shape.rows * shape.columns * shape.samplesPerPixel;
  const samples = newSamples(shape.bitsAllocated, shape.isSigned, length);
  const next = randomFractions(length);
  for (let i = 0; i < length; i++) {
    const fraction = {
      noise: next(),
      gradient: i / length,
      constant: 0.5,
      extremes: i % 2,
    }[content];
    samples[i] = lowest + Math.round(fraction * span);
  }
  return samples;
}

/** A linear congruential generator: the same numbers in [0, 1) on every run. */
function randomFractions(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
