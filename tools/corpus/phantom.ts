import { type Image, type ImageShape, rangeOf } from "./image.ts";
import { randomNumbers, seedOf } from "./random.ts";

/** An ellipse: its middle and radii in parts of the image, and its level for each of three samples. */
type Ellipse = readonly [x: number, y: number, rx: number, ry: number, levels: readonly number[]];

const ELLIPSES: readonly Ellipse[] = [
  [0.5, 0.5, 0.42, 0.46, [0.35, 0.3, 0.25]],
  [0.36, 0.42, 0.14, 0.2, [-0.3, -0.1, 0.2]],
  [0.66, 0.42, 0.12, 0.22, [-0.25, 0.25, -0.2]],
  [0.5, 0.74, 0.09, 0.07, [0.3, -0.2, -0.1]],
];

/** How much of the range the noise takes: small, so that encoders have something to save. */
const NOISE = 0.01;

/**
 * Draws ellipses over a slope, with noise from `seed`. Each frame turns them a little, and each holds
 * the lowest value of its range at its first pixel and the highest at its last.
 */
export function drawPhantom(shape: ImageShape, seed: string, frameCount = 1): Image {
  const random = randomNumbers(seedOf(seed));
  const frames = Array.from({ length: frameCount }, (_, frame) => drawFrame(shape, frame, random));
  return { ...shape, frames };
}

function drawFrame(shape: ImageShape, frame: number, random: () => number): Int32Array {
  const { rows, columns, samplesPerPixel, photometricInterpretation } = shape;
  const { lowest, highest } = rangeOf(shape);
  const samples = new Int32Array(rows * columns * samplesPerPixel);
  for (let at = 0; at < samples.length; at += 1) {
    const pixel = Math.floor(at / samplesPerPixel);
    const level = levelAt(
      (pixel % columns) / columns,
      Math.floor(pixel / columns) / rows,
      frame,
      at % samplesPerPixel,
    );
    const noisy = Math.min(Math.max(level + (random() - 0.5) * NOISE, 0), 1);
    samples[at] = lowest + Math.round(noisy * (highest - lowest));
  }
  samples.fill(lowest, 0, samplesPerPixel);
  samples.fill(highest, samples.length - samplesPerPixel);
  if (photometricInterpretation === "YBR_FULL_422") shareColours(samples);
  return samples;
}

function levelAt(x: number, y: number, frame: number, sample: number): number {
  const shift = frame * 0.03;
  let level = 0.2 + 0.2 * x + 0.1 * y;
  for (const [middleX, middleY, radiusX, radiusY, levels] of ELLIPSES) {
    const distance = ((x - middleX - shift) / radiusX) ** 2 + ((y - middleY) / radiusY) ** 2;
    if (distance <= 1) level += levels[sample] ?? 0;
  }
  return level;
}

/** Both pixels of a pair have the Cb and Cr of the first: 4:2:2 loses nothing then. */
function shareColours(samples: Int32Array): void {
  for (let at = 0; at + 5 < samples.length; at += 6) {
    samples[at + 4] = samples[at + 1] ?? 0;
    samples[at + 5] = samples[at + 2] ?? 0;
  }
}
