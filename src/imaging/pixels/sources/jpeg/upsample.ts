import type { Plane } from "./dct-scan.ts";

/**
 * A plane at the size of the frame. If a component has half the samples across, or across and down, new
 * samples are interpolated a quarter of the way between old ones: the triangle filter, with the rounding, of
 * the Independent JPEG Group, which most decoders use. Otherwise samples are repeated.
 */
export function upsample(plane: Plane, width: number, height: number, across: number, down: number): Plane {
  if (across === 1 && down === 1) return plane;
  if (plane.width > 2 && across === 2 && down === 1) return widen(plane, height);
  if (plane.width > 2 && across === 2 && down === 2) return enlarge(plane);
  return repeat(plane, width, height, across, down);
}

function repeat(plane: Plane, width: number, height: number, across: number, down: number): Plane {
  const samples = samplesLike(plane, width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.floor(y / down) * plane.stride;
    for (let x = 0; x < width; x++) {
      samples[y * width + x] = plane.samples[from + Math.floor(x / across)] ?? 0;
    }
  }
  return { width, height, stride: width, samples };
}

/** Two samples for one: three parts of the nearer old one, one part of the next. */
function widen({ width, stride, samples: old }: Plane, height: number): Plane {
  const result = { width: width * 2, height, stride: width * 2 };
  const samples =
    old instanceof Uint8Array ? new Uint8Array(width * 2 * height) : new Uint16Array(width * 2 * height);
  for (let y = 0; y < height; y++) {
    const row = y * stride;
    const to = y * width * 2;
    for (let x = 0; x < width; x++) {
      const here = old[row + x] ?? 0;
      const left = x > 0 ? (old[row + x - 1] ?? 0) : here;
      const right = x < width - 1 ? (old[row + x + 1] ?? 0) : here;
      samples[to + 2 * x] = (3 * here + left + 1) >> 2;
      samples[to + 2 * x + 1] = (3 * here + right + 2) >> 2;
    }
  }
  return { ...result, samples };
}

/** Four samples for one, as `widen` does, but across and down at once. */
function enlarge(plane: Plane): Plane {
  const { width, height, stride, samples: old } = plane;
  const samples = samplesLike(plane, width * height * 4);
  const sums = new Int32Array(width);
  for (let y = 0; y < height * 2; y++) {
    const near = y >> 1;
    const next = Math.min(Math.max(near + (y % 2 === 0 ? -1 : 1), 0), height - 1);
    for (let x = 0; x < width; x++) {
      sums[x] = 3 * (old[near * stride + x] ?? 0) + (old[next * stride + x] ?? 0);
    }
    const to = y * width * 2;
    for (let x = 0; x < width; x++) {
      const here = sums[x] ?? 0;
      const left = x > 0 ? (sums[x - 1] ?? 0) : here;
      const right = x < width - 1 ? (sums[x + 1] ?? 0) : here;
      samples[to + 2 * x] = (3 * here + left + 8) >> 4;
      samples[to + 2 * x + 1] = (3 * here + right + 7) >> 4;
    }
  }
  return { width: width * 2, height: height * 2, stride: width * 2, samples };
}

const samplesLike = ({ samples }: Plane, length: number): Uint8Array | Uint16Array =>
  samples instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
