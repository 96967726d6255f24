import type { ShownImage } from "./ohif-page.ts";

/** What grey values look like after window and level: the lowest of the window is black, the highest white. */
export const greys = (values: ArrayLike<number>, { lower, upper }: ShownImage["voi"]): number[] =>
  Array.from(values).flatMap((value) => {
    const grey = 255 * Math.min(1, Math.max(0, (value - lower) / (upper - lower)));
    return [grey, grey, grey];
  });

/** YBR_FULL to RGB (PS3.3 C.7.6.3.1.2). */
export function rgbOf(ybr: Uint8Array): number[] {
  const rgb: number[] = [];
  for (let at = 0; at < ybr.length; at += 3) {
    const [y = 0, cb = 0, cr = 0] = ybr.subarray(at, at + 3);
    rgb.push(
      y + 1.402 * (cr - 128),
      y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
      y + 1.772 * (cb - 128),
    );
  }
  return rgb.map((value) => Math.min(255, Math.max(0, value)));
}

/** The largest difference of two images. */
export function difference(shown: Uint8Array, expected: ArrayLike<number>): number {
  if (shown.length !== expected.length) throw new Error(`${shown.length} samples, not ${expected.length}`);
  return shown.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? Infinity))), 0);
}

/** What a reader makes of interleaved samples that it takes for planes. */
export function fromPlanes(samples: Uint8Array): number[] {
  const size = samples.length / 3;
  return Array.from(
    { length: samples.length },
    (_, at) => samples[(at % 3) * size + Math.floor(at / 3)] ?? 0,
  );
}
