import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ServerSandbox } from "../../clients.ts";
import { type Corpus, goldenChecksums, type GoldenFile } from "../../corpus/corpus.ts";
import { get, pathOf, type Instance } from "../../healthimaging/dicomweb/instances.ts";
import { codestreamOf } from "../../jph-file.ts";
import { readParts } from "../dicomweb/multipart.ts";
import { imagedFilesOf, type ImportedCorpus, instanceOf, readFrameOf } from "./imported-corpus.ts";

/** For a sandbox with DICOMweb's reading. */
export function describeCorpusDicomweb(corpus: Corpus, imported: () => ImportedCorpus<ServerSandbox>): void {
  describe(`DICOMweb's frames of ${corpus.name}`, () => testCorpusFrames(corpus, imported));
}

function testCorpusFrames({ files }: Corpus, imported: () => ImportedCorpus<ServerSandbox>): void {
  const readFrames = async (golden: GoldenFile, accept?: string) => {
    const { sandbox, datastoreId, imageSetIds } = imported();
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = golden;
    const at = { datastoreId, study: studyInstanceUID, series: seriesInstanceUID, sop: sopInstanceUID };
    const list = golden.frames.map((_, index) => index + 1).toReversed();
    const path = `${pathOf(at as Instance)}/frames/${list.join(",")}?imageSetId=${imageSetIds.get(golden.path)}`;
    const { status, headers, body } = await get(sandbox, path, {
      headers: accept === undefined ? {} : { accept },
    });
    expect([golden.path, status]).toEqual([golden.path, 200]);
    return readParts(headers["content-type"] ?? "", body)
      .map(({ bytes }) => bytes)
      .toReversed();
  };

  test.each(imagedFilesOf(files))(
    "$path: uncompressed, every frame has the pixels of golden.json",
    async (golden) => {
      const sums = (await readFrames(golden)).map((bytes) => crc32(bytes));
      expect(sums).toHaveLength(golden.frames.length);
      for (const [index, frame] of golden.frames.entries())
        expect(goldenChecksums(frame)).toContain(sums[index]);
    },
  );

  test.each(imagedFilesOf(files))(
    "$path: as it is stored, every frame is that of GetImageFrame",
    async (golden) => {
      const frames = await readFrames(golden, "multipart/related; type=image/jphc");
      const { imageSetId, instance } = await instanceOf(imported(), golden);
      for (const [index, { ID }] of (instance?.ImageFrames ?? []).entries()) {
        const file = await readFrameOf(imported(), imageSetId, ID);
        expect(frames[index]?.equals(codestreamOf(file))).toBe(true);
      }
    },
  );
}
