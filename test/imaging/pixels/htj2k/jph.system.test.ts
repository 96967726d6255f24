import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, loadCodec } from "../../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { inContainer } from "../../../../src/imaging/pixels/htj2k/frame-container.ts";
import { checksum, newSamples } from "../../../../src/imaging/pixels/samples.ts";
import { judge, isJudgeThere, JUDGE, firstResolutions } from "../../../corpus/judge.ts";
import { fill, frameShape } from "../sample-frames.ts";

let codec: Codec;
beforeAll(async () => {
  codec = await loadCodec();
});

const CASES = [
  { bitsStored: 16, samplesPerPixel: 1, isSigned: true },
  { bitsStored: 12, samplesPerPixel: 1, isSigned: false },
  { bitsStored: 8, samplesPerPixel: 1, isSigned: true },
  { bitsStored: 8, samplesPerPixel: 1, isSigned: false, bitsAllocated: 16 },
  { bitsStored: 6, samplesPerPixel: 1, isSigned: true, bitsAllocated: 16 },
  { bitsStored: 8, samplesPerPixel: 3, isSigned: false },
  { bitsStored: 8, samplesPerPixel: 3, isSigned: false, photometricInterpretation: "YBR_FULL" },
  { bitsStored: 16, samplesPerPixel: 3, isSigned: false },
];

// Source by source, through the service: test/contract/import.test.ts.
describe.skipIf(!isJudgeThere)(`${JUDGE}, given the file,`, () => {
  it.each(CASES)(
    "decodes each resolution exactly, from the first bytes that TLM names: %j",
    async (differences) => {
      const shape = frameShape({ rows: 256, columns: 430, ...differences });
      const samples = fill(shape, "noise");
      const { codestream, levels } = encodeFrame(samples, shape, codec);
      const file = Buffer.concat(inContainer(codestream, "jph"));
      const narrow = newSamples(shape.bitsStored, shape.isSigned, samples.length);
      narrow.set(samples);
      expect((await judge(file)).checksum).toBe(checksum(narrow));
      expect(levels.length).toBeGreaterThan(1);
      for (const [index, level] of levels.entries()) {
        const reduction = levels.length - 1 - index;
        const bytes = firstResolutions(file, reduction);
        expect(await judge(bytes, reduction)).toEqual({
          width: level.width,
          height: level.height,
          checksum: level.checksum,
        });
      }
    },
  );
});
