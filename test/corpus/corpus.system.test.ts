import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpusFiles } from "../../tools/corpus/corpus.ts";
import { goldenRow } from "../../tools/corpus/judging/golden-row.ts";
import {
  areJudgesThere,
  JUDGE_PACKAGES,
  judgeFiles,
  type Judgement,
} from "../../tools/corpus/judging/judges.ts";
import { type GoldenMetadata, goldenFilesOf } from "../imaging/dicom/corpus.ts";
import { ownCorpus } from "./corpus.ts";

const golden = new Map(goldenFilesOf(ownCorpus).map((row) => [row.path, row]));
const files = corpusFiles();
const bytesOf = (path: string): Buffer => readFileSync(join(ownCorpus.folder, path));

describe("the corpus of our own making", () => {
  test("has a row in golden.json for each of its files", () => {
    expect([...golden.keys()]).toEqual(files.map(({ path }) => path));
  });

  test("has every transfer syntax that an import takes", () => {
    const path = join(import.meta.dirname, "../../src/api/transfer-syntaxes.ts");
    const uids = readFileSync(path, "utf8").matchAll(/"(1\.2\.840\.10008\.1\.2[\d.]*)"/g);
    const imported = [...golden.values()].filter(({ expect: { seed } }) => seed === "success");
    const there = new Set(imported.map(({ transferSyntaxUID }) => transferSyntaxUID));
    expect([...new Set([...uids].map(([, uid]) => uid))].filter((uid) => !there.has(uid ?? ""))).toEqual([]);
    expect(there.size).toBe(16);
  });

  test("takes at most 3 MB", () => {
    const sizes = files.map(({ path }) => bytesOf(path).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000_000);
  });

  test.each(files.filter(({ tool }) => tool === undefined))("$path is made again byte for byte", (file) => {
    expect(bytesOf(file.path).equals(file.make())).toBe(true);
  });

  test.each(files.filter(({ samples }) => samples === "exact"))(
    "$path has the phantom's own samples",
    (file) => {
      const row: unknown = JSON.parse(JSON.stringify(goldenRow(file, bytesOf(file.path).length, undefined)));
      expect(golden.get(file.path)).toEqual(row);
    },
  );
});

const isJudged = areJudgesThere();
if (!isJudged)
  process.stderr.write(`SKIPPED: the corpus judged by other decoders; install ${JUDGE_PACKAGES}\n`);

describe.skipIf(!isJudged)("a golden row, judged by others' readers and decoders", () => {
  const rows = [...golden.values()].filter(({ valid }) => valid);
  const judgements = isJudged ? judgeFiles(rows.map(({ path }) => join(ownCorpus.folder, path))) : [];
  const judged = rows.map((row, index) => ({
    row,
    path: row.path,
    judgement: judgements[index] as Judgement,
  }));

  test.each(judged)("$path has the attributes that pydicom reads", ({ row, judgement: { attributes } }) => {
    const misread = row.misreadBy?.includes("pydicom") ? { PatientName: row.patientName } : {};
    expect({ ...attributes, ...misread }).toEqual(attributesOf(row, attributes));
  });

  test.each(judged.filter(({ row }) => row.frames.length > 0))(
    "$path has the samples that others decode",
    ({ row, judgement: { frames } }) => {
      expect(frames).toHaveLength(row.frames.length);
      for (const [index, frame] of row.frames.entries()) {
        const { checksums = {} } = frames[index] ?? {};
        const agreed = Object.values(checksums).filter((each) => isGolden(frame, each));
        expect(agreed.length, JSON.stringify(checksums)).toBeGreaterThanOrEqual(1);
      }
    },
  );
});

const isGolden = (frame: GoldenMetadata["frames"][number], checksum: number): boolean =>
  frame.lossy
    ? Object.values(frame.lossy).some(({ checksums }) => Object.values(checksums).includes(checksum))
    : checksum === (frame.crc32Normalized ?? frame.crc32);

/** Those of the shape only where golden.json has them: there is none of what is refused for it. */
function attributesOf(
  row: GoldenMetadata,
  read: Judgement["attributes"],
): Readonly<Record<string, string | number | null>> {
  const shape: Judgement["attributes"] =
    row.rows === null
      ? {}
      : {
          Rows: row.rows,
          Columns: row.columns,
          SamplesPerPixel: row.samplesPerPixel,
          PhotometricInterpretation: row.photometricInterpretation,
          BitsAllocated: row.bitsAllocated,
          BitsStored: row.bitsStored,
          HighBit: row.highBit,
          PixelRepresentation: row.pixelRepresentation,
          PlanarConfiguration: row.planarConfiguration,
          NumberOfFrames: row.numberOfFrames,
        };
  return {
    ...read,
    ...shape,
    TransferSyntaxUID: row.transferSyntaxUID,
    SOPClassUID: row.sopClassUID,
    StudyInstanceUID: row.studyInstanceUID,
    SeriesInstanceUID: row.seriesInstanceUID,
    SOPInstanceUID: row.sopInstanceUID,
    PatientID: row.patientId,
    PatientName: row.patientName,
    privateElements: row.privateElements,
  };
}
