import type { FrameShape } from "../../imaging/pixels/frame-shape.ts";

const SIDE = 64;

/** A small frame of the most common kind: one component of more than 8 bits, as in CT and MR. */
export const WARM_UP_SHAPE: FrameShape = {
  columns: SIDE,
  rows: SIDE,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  isSigned: true,
  planarConfiguration: 0,
  photometricInterpretation: "MONOCHROME2",
};

/** A gradient with noise, which is most of an encoder's work. */
export function createWarmUpSamples(): Int16Array {
  let noise = 1;
  return Int16Array.from({ length: SIDE * SIDE }, (_, at) => {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (at % SIDE) * 16 - 512 + (noise >>> 26);
  });
}
