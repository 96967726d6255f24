import { describe, expect, test } from "vitest";
import type { ImageFrameDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { type Corpus, decodedChecksums } from "../../corpus/corpus.ts";
import { imagedFilesOf, type ImportedCorpus, instanceOf } from "./imported-corpus.ts";

/** @param reasons of failures, by path */
export function describeCorpusImport(
  corpus: Corpus,
  reasons: readonly (readonly [path: string, reason: RegExp])[],
  imported: () => ImportedCorpus,
): void {
  describe(`an import of ${corpus.name}`, () => {
    testCorpusImport(corpus, reasons, imported);
  });
}

function testCorpusImport(...[{ files }, reasons, imported]: Parameters<typeof describeCorpusImport>): void {
  test("lists every file exactly once, as a success or as a failure", () => {
    expect([...imported().imageSetIds.keys(), ...imported().failures.keys()].toSorted()).toEqual(
      files.map(({ path }) => path).toSorted(),
    );
  });

  test("imports the files that golden.json expects to be imported, and fails the others", () => {
    const wanted = (seed: string) =>
      files.filter((file) => file.expect.seed === seed).map(({ path }) => path);
    expect([...imported().imageSetIds.keys()].toSorted()).toEqual(wanted("success").toSorted());
    expect([...imported().failures.keys()].toSorted()).toEqual(
      [...wanted("fail"), ...wanted("either")].toSorted(),
    );
  });

  test.each(reasons)("%s fails with the expected reason", (path, reason) => {
    expect(imported().failures.get(path)).toMatch(reason);
  });

  test.each(imagedFilesOf(files))("$path: the metadata agrees with the golden file", async (golden) => {
    const { instance: found } = await instanceOf(imported(), golden);
    const frames = found?.ImageFrames ?? [];
    expect(found?.DICOM).toMatchObject({
      Rows: golden.rows,
      Columns: golden.columns,
      PhotometricInterpretation: golden.photometricInterpretation,
      TransferSyntaxUID: golden.transferSyntaxUID,
    });
    expect(frames).toHaveLength(golden.frames.length);
    for (const [index, expected] of golden.frames.entries()) {
      const { PixelDataChecksumFromBaseToFullResolution: levels = [], ...frame } =
        frames[index] ?? ({} as Partial<ImageFrameDocument>);
      const { Checksum, ...size } = levels.at(-1) ?? { Checksum: 0 };
      expect(size).toEqual({ Width: golden.columns, Height: golden.rows });
      expect(decodedChecksums(expected)).toContain(Checksum);
      if (expected.lossy) continue;
      expect(frame).toMatchObject({
        MinPixelValue: expected.min,
        MaxPixelValue: expected.max,
        FrameSizeInBytes: expected.bytes,
      });
    }
  });
}
