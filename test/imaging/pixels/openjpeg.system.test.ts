import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame, type EncodedFrame } from "../../../src/imaging/pixels/htj2k/encode-frame.ts";
import type { FrameShape } from "../../../src/imaging/pixels/frame-shape.ts";
import { checksum, newSamples, type Samples } from "../../../src/imaging/pixels/samples.ts";
import { decodeWithOpenJpeg, isInstalled, type PgxImage } from "./openjpeg.ts";
import { firstResolutions } from "../../corpus/judge.ts";
import { CONTENTS, fill, frameShape } from "./sample-frames.ts";

// The codec agrees with itself also where it is wrong, so another decoder judges every depth.
const skip = !isInstalled("opj_decompress", "libopenjp2-tools");
const DEPTHS = Array.from({ length: 16 }, (_, index) => index + 1);
const SIZES = [
  { columns: 1, rows: 1 },
  { columns: 1, rows: 7 },
  { columns: 3, rows: 3 },
  { columns: 300, rows: 2 },
  { columns: 2, rows: 300 },
  { columns: 64, rows: 64 },
  { columns: 129, rows: 257 },
];

interface Case {
  readonly shape: FrameShape;
  readonly samples: Samples;
  readonly frame: EncodedFrame;
}

let codec: Codec;
beforeAll(async () => {
  codec = await loadCodec();
});

describe.skipIf(skip).each([
  { samplesPerPixel: 1, isSigned: false },
  { samplesPerPixel: 1, isSigned: true },
  { samplesPerPixel: 3, isSigned: false },
  { samplesPerPixel: 3, isSigned: true },
])("OpenJPEG, given frames with %j,", ({ samplesPerPixel, isSigned }) => {
  it.each(DEPTHS)("decodes %i bits to the source's samples", (bitsStored) => {
    const shapes = SIZES.map((size) => frameShape({ ...size, samplesPerPixel, isSigned, bitsStored }));
    const cases = makeCases(shapes);
    const decoded = decodeAll(cases, samplesPerPixel, 0);
    for (const [name, { shape, samples, frame }] of cases) {
      const components = decoded.get(name) ?? [];
      expect(components[0], name).toMatchObject({ bits: bitsStored, isSigned });
      const judged = interleave(components, shape);
      expect(checksum(judged), name).toBe(checksum(samples));
      expect(frame.levels.at(-1)?.checksum, name).toBe(checksum(samples));
    }
  });
});

const PYRAMIDS = [
  ...[1, 7, 8, 10, 12, 15, 16].flatMap((bitsStored) =>
    [false, true].map((isSigned) => ({ bitsStored, isSigned, samplesPerPixel: 1 })),
  ),
  ...[5, 8, 12, 16].flatMap((bitsStored) =>
    [false, true].map((isSigned) => ({ bitsStored, isSigned, samplesPerPixel: 3 })),
  ),
];

describe.skipIf(skip)("OpenJPEG, given every resolution level,", () => {
  it.each(PYRAMIDS)("decodes samples with the listed checksum: %j", (differences) => {
    const cases = makeCases([frameShape({ ...differences, rows: 400, columns: 512 })]);
    for (const reduction of [0, 1, 2]) {
      const decoded = decodeAll(cases, differences.samplesPerPixel, reduction);
      for (const [name, { shape, frame }] of cases) {
        const level = frame.levels.at(-1 - reduction);
        const components = decoded.get(name) ?? [];
        expect(components[0], name).toMatchObject({ width: level?.width, height: level?.height });
        expect(checksum(interleave(components, shape)), `${name} -r ${reduction}`).toBe(level?.checksum);
      }
    }
  });

  it("decodes the same samples from only the first bytes that TLM names", () => {
    const shapes = [1, 3].map((samplesPerPixel) => frameShape({ rows: 512, columns: 512, samplesPerPixel }));
    for (const shape of shapes) {
      const cases = makeCases([shape]);
      for (const reduction of [1, 2]) {
        const prefixes = new Map<string, Case>();
        for (const [name, judged] of cases) {
          const codestream = firstResolutions(judged.frame.codestream, reduction);
          prefixes.set(name, { ...judged, frame: { ...judged.frame, codestream } });
        }
        const decoded = decodeAll(prefixes, shape.samplesPerPixel, reduction);
        for (const [name, { frame }] of cases) {
          const judged = interleave(decoded.get(name) ?? [], shape);
          expect(checksum(judged), name).toBe(frame.levels.at(-1 - reduction)?.checksum);
        }
      }
    }
  });
});

describe.skipIf(skip)("OpenJPEG", () => {
  it("decodes 8 bits in 16 allocated as bytes, which widen to the listed checksum", () => {
    const cases = makeCases([
      frameShape({ rows: 64, columns: 64, bitsStored: 8, bitsAllocated: 16, isSigned: true }),
    ]);
    const decoded = decodeAll(cases, 1, 0);
    for (const [name, { shape, samples }] of cases) {
      expect(checksum(interleave(decoded.get(name) ?? [], shape)), name).toBe(checksum(samples));
    }
  });
});

function makeCases(shapes: readonly FrameShape[]): Map<string, Case> {
  const cases = new Map<string, Case>();
  for (const shape of shapes) {
    for (const content of CONTENTS) {
      const samples = fill(shape, content);
      const name = `${shape.columns}x${shape.rows}-${content}`;
      cases.set(name, { shape, samples, frame: encodeFrame(samples, shape, codec) });
    }
  }
  return cases;
}

function decodeAll(cases: ReadonlyMap<string, Case>, componentCount: number, reduction: number) {
  const codestreams = new Map([...cases].map(([name, { frame }]) => [name, frame.codestream]));
  return decodeWithOpenJpeg(codestreams, componentCount, reduction);
}

function interleave(components: readonly PgxImage[], shape: FrameShape): Samples {
  const length = components[0]?.samples.length ?? 0;
  const samples = newSamples(shape.bitsAllocated, shape.isSigned, length * components.length);
  components.forEach((component, index) => {
    component.samples.forEach((sample, pixel) => {
      samples[pixel * components.length + index] = sample;
    });
  });
  return samples;
}
