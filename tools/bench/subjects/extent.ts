import { loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { extent } from "../../../src/imaging/pixels/extent.ts";
import { resolutionLevels } from "../../../src/imaging/pixels/htj2k/resolution-levels.ts";
import { BITS_STORED, createCtFiles } from "../ct-files.ts";
import type { Effort } from "../effort.ts";
import { show } from "../figures.ts";
import { median } from "../ratio.ts";

const SIDES = [512, 2048] as const;
const ROUNDS = 15;
/**
 * Samples in a round, in frames of 2048x2048: processor times have a resolution of a hundredth of a
 * millisecond.
 */
const SAMPLES = 2 ** 24;

type Find = (samples: Int16Array) => { readonly min: number; readonly max: number };

/**
 * What the WebAssembly of `extent` saves an import: the same with a loop, and the share of both in encoding a
 * frame.
 */
export async function benchExtent(effort: Effort): Promise<void> {
  const codec = await loadCodec();
  for (const side of SIDES) {
    const { frame } = createCtFiles(side);
    const shape = {
      columns: side,
      rows: side,
      samplesPerPixel: 1,
      bitsAllocated: 16,
      bitsStored: BITS_STORED,
      highBit: BITS_STORED - 1,
      isSigned: true,
      planarConfiguration: 0,
      photometricInterpretation: "MONOCHROME2",
    };
    const times = effort.count(Math.ceil(SAMPLES / frame.length), 1);
    const scanned = scannedOf(frame, side);
    const work = [
      () => scanned.forEach((samples) => extent(samples)),
      () => scanned.forEach((samples) => findByLoop(samples)),
      () => void encodeFrame(frame, shape, codec),
    ];
    const [wasm = 0, loop = 0, encoding = 0] = inTurn(work, times, effort.rounds(ROUNDS));
    const share = (ms: number): string => `${ms.toFixed(3)} ms, ${((ms / encoding) * 100).toFixed(1)} %`;
    show(`encoding and proving a frame of ${side}x${side}, processor`, `${encoding.toFixed(2)} ms`);
    show("  lowest and highest samples of it by WebAssembly", share(wasm));
    show("  by a loop", `${share(loop)}; ${(loop / wasm).toFixed(1)} x`);
  }
}

/** What an import scans: the frame twice (its bits, its extent), and its lower resolutions. */
const scannedOf = (frame: Int16Array, side: number): Int16Array[] => [
  frame,
  frame,
  ...resolutionLevels(side, side)
    .slice(0, -1)
    .map(({ width, height }) => frame.subarray(0, width * height)),
];

/** Once a codec with its growing memory has been loaded, a loop over indices takes as long. */
const findByLoop: Find = (samples) => {
  let min = samples[0] ?? 0;
  let max = min;
  for (const sample of samples) {
    if (sample < min) min = sample;
    if (sample > max) max = sample;
  }
  return { min, max };
};

/** @returns for each its milliseconds of processor time, the median of the rounds */
function inTurn(work: readonly (() => void)[], times: number, rounds: number): number[] {
  const taken = work.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, run] of work.entries()) {
      const before = process.cpuUsage();
      for (let count = 0; count < times; count++) run();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) taken[index]?.push((user + system) / 1000 / times);
    }
  }
  return taken.map(median);
}
