import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  areJudgesThere,
  JUDGE_PACKAGES,
  judgeFiles,
  type Judgement,
} from "../../../tools/corpus/judging/judges.ts";
import { posixPath } from "../../../tools/posix-path.ts";
import { openServer, type ServerSandbox } from "../../clients.ts";
import { type Corpus, type GoldenFile, readFrom } from "../../corpus/corpus.ts";
import {
  expectMetadata,
  PYTHON,
  type PydicomDataSet,
  readWithPydicom,
} from "../../imaging/dicom/pydicom-files.ts";
import { scaled } from "../../setup/timeouts.ts";
import { importCorpus, type ImportedCorpus, instancesOf, readMetadataOf } from "./imported-corpus.ts";

/** The files that pydicom is tested with, read in place where Debian's package is installed. */
const { stdout } = spawnSync(PYTHON, [
  "-c",
  "import os, pydicom.data; print(os.path.dirname(pydicom.data.__file__), end='')",
]);
const folder = stdout.toString();
const isThere = folder !== "" && areJudgesThere();
if (!isThere) process.stderr.write(`SKIPPED: pydicom's own files; install ${JUDGE_PACKAGES}\n`);

const paths = isThere ? ["test_files", "charset_files"].flatMap(dicomPathsIn) : [];

/** Why some are refused: what they are, or what the service does not take. */
const REFUSED: readonly (readonly [path: RegExp, message: RegExp])[] = [
  [/DICOMDIR-nooffset$/, /DICOM attribute DirectoryRecordSequence runs past its end$/],
  [/DICOMDIR/, /^DICOM attribute SOPClassUID does not exist$/],
  [
    /(chrSQEncoding1?|UN_sequence|empty_charset_LEI|nested_priv_SQ|priv_SQ)\.dcm$/,
    /^DICOM attribute SOPClass/,
  ],
  [/no_meta_group_length\.dcm$/, /^DICOM attribute SOPClassUID does not exist$/],
  [/(NoMeta|no_meta|rtstruct)\.dcm$/, /^DICOM attributes does not exist$/],
  [/meta_missing_tsyntax\.dcm$/, /^DICOM attribute TransferSyntaxUID does not exist$/],
  [/MR_truncated\.dcm$/, /^DICOM attribute PixelData is truncated/],
  [/rtplan_truncated\.dcm$/, /^DICOM attribute BeamSequence is truncated/],
  [/badVR\.dcm$/, /^DICOM attribute NumberOfFrames is not a number$/],
  [/(rtdose\w*|rle_32bit\w*)\.dcm$/, /^BitsAllocated 32 is not supported/],
  [/liver\w*\.dcm$/, /^Binary segmentation/],
  // Its codestream is damaged: neither OpenJPEG nor gdcm decodes it.
  [/JPEG2000-embedded-sequence-delimiter\.dcm$/, /^JPEG 2000: /],
];

function dicomPathsIn(name: string): string[] {
  return readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && /\.dcm$|^\d+$|^DICOMDIR/.test(each.name))
    .map((each) => posixPath(relative(folder, join(each.parentPath, each.name))));
}

describe.skipIf(!isThere)("pydicom's own files", () => {
  const files = paths.map((path) => ({ path }) as GoldenFile);
  const corpus: Corpus = { name: "pydicom's own files", folder, files };
  const isRefused = (path: string): boolean => REFUSED.some(([pattern]) => pattern.test(path));
  const taken = paths.filter((path) => !isRefused(path));
  let sandbox: ServerSandbox;
  let imported: ImportedCorpus;
  const read = new Map<string, PydicomDataSet>();
  const judged = new Map<string, Judgement>();
  beforeAll(async () => {
    sandbox = await openServer();
    imported = await importCorpus(sandbox, corpus);
    const whole = taken.map((path) => join(folder, path));
    for (const [index, each] of readWithPydicom(whole).entries()) read.set(taken[index] ?? "", each);
    for (const [index, each] of judgeFiles(whole).entries()) judged.set(taken[index] ?? "", each);
  }, scaled(300_000));
  afterAll(() => sandbox[Symbol.asyncDispose]());

  test("include more than 90 files, more than 60 of them imported", () => {
    expect(paths.length).toBeGreaterThan(90);
    expect(taken.length).toBeGreaterThan(60);
  });

  test.each(paths.filter(isRefused))("%s is refused with the expected reason", (path) => {
    const [, reason] = REFUSED.find(([pattern]) => pattern.test(path)) ?? [];
    expect(imported.failures.get(path)).toMatch(reason ?? /^never$/);
  });

  test.each(taken)("%s is imported with the metadata that pydicom reads", (path) => {
    expect(imported.failures.get(path)).toBeUndefined();
    expectMetadata(readFrom(corpus, { path }), read.get(path) ?? {});
  });

  test.each(taken)("%s has the samples that other decoders decode", async (path) => {
    const { attributes, frames } = judged.get(path) as Judgement;
    const imageSetId = imported.imageSetIds.get(path) ?? "";
    const metadata = await readMetadataOf(sandbox, imported.datastoreId, imageSetId);
    const instance = instancesOf(metadata).find(([uid]) => uid === attributes["SOPInstanceUID"])?.[1];
    expect(instance?.ImageFrames).toHaveLength(frames.length);
    for (const [index, { checksums }] of frames.entries()) {
      const levels = instance?.ImageFrames[index]?.PixelDataChecksumFromBaseToFullResolution;
      expect(Object.values(checksums)).toContain(levels?.at(-1)?.Checksum);
    }
  });
});
