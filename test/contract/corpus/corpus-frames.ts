import { describe, expect, test } from "vitest";
import { type Corpus, decodedChecksums } from "../../corpus/corpus.ts";
import { firstResolutions, isJudgeThere, judge, JUDGE } from "../../corpus/judge.ts";
import { imagedFilesOf, type ImportedCorpus, instanceOf, readFrameOf } from "./imported-corpus.ts";

export function describeCorpusFrames(corpus: Corpus, imported: () => ImportedCorpus): void {
  describe.skipIf(!isJudgeThere)(`frames of ${corpus.name}`, () => {
    testCorpusFrames(corpus, imported);
  });
}

function testCorpusFrames({ files }: Corpus, imported: () => ImportedCorpus): void {
  const imaged = imagedFilesOf(files);
  test.each(imaged)(
    `$path: ${JUDGE} decodes every frame, at every resolution, to the checksum of the metadata`,
    async (golden) => {
      const { imageSetId, instance: found } = await instanceOf(imported(), golden);
      const frames = found?.ImageFrames ?? [];
      expect(frames).toHaveLength(golden.frames.length);
      for (const [index, { ID, PixelDataChecksumFromBaseToFullResolution: levels }] of frames.entries()) {
        const file = await readFrameOf(imported(), imageSetId, ID);
        const expected = golden.frames[index] ?? { bytes: 0, crc32: 0, min: 0, max: 0 };
        const judged = await Promise.all(levels.map((_, level) => judge(file, levels.length - 1 - level)));
        expect(judged).toEqual(
          levels.map(({ Width, Height, Checksum }) => ({ width: Width, height: Height, checksum: Checksum })),
        );
        expect(decodedChecksums(expected)).toContain(judged.at(-1)?.checksum);
      }
    },
  );

  const layered = imaged.filter((file) => Math.min(file.rows ?? 0, file.columns ?? 0) >= 200);
  test.each(layered)(
    `$path: ${JUDGE} decodes each resolution from the leading bytes that the TLM marker gives`,
    async (golden) => {
      const { imageSetId, instance: found } = await instanceOf(imported(), golden);
      const [frame] = found?.ImageFrames ?? [];
      const levels = frame?.PixelDataChecksumFromBaseToFullResolution ?? [];
      const file = await readFrameOf(imported(), imageSetId, frame?.ID ?? "");
      expect(levels.length).toBeGreaterThan(1);
      for (const [level, { Width, Height, Checksum }] of levels.entries()) {
        const reduction = levels.length - 1 - level;
        const bytes = firstResolutions(file, reduction);
        if (reduction > 0) expect(bytes.length).toBeLessThan(file.length);
        const judged = await judge(bytes, reduction);
        expect(judged).toEqual({ width: Width, height: Height, checksum: Checksum });
      }
    },
  );
}
