import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { inRelease } from "./served-release.ts";

const SERIES = "2.25.291834617234511289.1.1";

/**
 * The slices of the sample series as those of another series of the same study, with instances of its own.
 * @param number 0 is the sample series itself
 */
export const sampleSeriesOf = (number: number, sliceCount: number): { name: string; bytes: Uint8Array }[] =>
  createSampleSeries(sliceCount).map(({ name, bytes }) => ({ name, bytes: inSeries(number, bytes) }));

function inSeries(number: number, bytes: Uint8Array): Uint8Array {
  if (number === 0) return bytes;
  // As long as the sample's: neither the padding of its elements nor a length changes.
  const series = `2.25.${291834617234511289n + BigInt(number)}.1.1`;
  return Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(SERIES, series), "latin1");
}

let imported = 0;

/**
 * The slices for an import that has to make an image set of its own.
 * Only the older release makes one of each import of the same series.
 */
export const slicesForNewImageSet = (sliceCount: number): { name: string; bytes: Uint8Array }[] =>
  sampleSeriesOf(inRelease("importMerges", { "2024-05": 0, "2026-06": imported++ }), sliceCount);
