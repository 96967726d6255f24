import type { Samples } from "../samples.ts";

/** Interleaves planar samples (planar configuration 1) by pixel. */
export function interleavePlanes(samples: Samples, componentCount: number): Samples {
  const interleaved = samples.slice();
  const planeLength = samples.length / componentCount;
  for (let component = 0, from = 0; component < componentCount; component++) {
    let to = component;
    for (const end = from + planeLength; from < end; from++, to += componentCount) {
      interleaved[to] = samples[from] ?? 0;
    }
  }
  return interleaved;
}
