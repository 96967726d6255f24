import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dicomParser from "dicom-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServerSandbox } from "../../clients.ts";
import { type Corpus, decodedChecksums, goldenChecksums, type GoldenFile } from "../../corpus/corpus.ts";
import { accepting, ELE, get, HTJ2K, pathOf, type Instance } from "../../healthimaging/dicomweb/instances.ts";
import { isJudgeThere, judge, JUDGE } from "../../corpus/judge.ts";
import type { ImportedCorpus } from "./imported-corpus.ts";

const PYTHON = "/usr/bin/python3";
const isPydicomThere = spawnSync(PYTHON, ["-c", "import pydicom"]).status === 0;
const isDcmtkThere = spawnSync("dcmdump", ["--version"]).status === 0;
if (!isPydicomThere) process.stderr.write("SKIPPED: instances judged by pydicom; install python3-pydicom\n");
if (!isDcmtkThere) process.stderr.write("SKIPPED: instances judged by dcmdump; install dcmtk\n");

interface Compared {
  readonly differences: readonly [path: string, before: string | null, after: string | null][];
  readonly isAscending: boolean;
  readonly fileMeta: Readonly<Record<string, string>>;
  readonly crc32: readonly number[];
}

export function describeCorpusInstances(
  corpus: Corpus,
  importedCorpus: () => ImportedCorpus<ServerSandbox>,
): void {
  describe.skipIf(!isPydicomThere)(`GetDICOMInstance of ${corpus.name}`, () => {
    testCorpusInstances(corpus, importedCorpus);
  });
}

function testCorpusInstances(corpus: Corpus, importedCorpus: () => ImportedCorpus<ServerSandbox>): void {
  const golden = new Map(corpus.files.map((file) => [file.path, file]));
  let imported: string[] = [];
  const written = new Map<string, string>();
  let compared: Map<string, Compared>;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "healthimaging-local-instance-"));
    const { sandbox, datastoreId, imageSetIds } = importedCorpus();
    imported = [...imageSetIds.keys()];
    for (const [path, imageSetId] of imageSetIds) {
      for (const uid of [ELE, HTJ2K]) {
        const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = golden.get(path) as GoldenFile;
        const at = { datastoreId, study: studyInstanceUID, series: seriesInstanceUID, sop: sopInstanceUID };
        const query = `?imageSetId=${imageSetId}`;
        const { status, headers, body } = await get(sandbox, pathOf(at as Instance) + query, {
          headers: accepting(uid),
        });
        expect([path, status, headers["content-length"]]).toEqual([path, 200, String(body.length)]);
        const name = join(folder, `${path.replaceAll("/", "_")}.${uid}`);
        writeFileSync(name, body);
        written.set(`${path} ${uid}`, name);
      }
    }
    const pairs = [...written].map(([key, name]) => [join(corpus.folder, key.split(" ")[0] ?? ""), name]);
    const script = join(import.meta.dirname, "../../healthimaging/dicomweb/compare-instances.py");
    const output = execFileSync(PYTHON, [script], { input: JSON.stringify(pairs), maxBuffer: 2 ** 28 });
    const results = JSON.parse(output.toString()) as Compared[];
    compared = new Map([...written.keys()].map((key, index) => [key, results[index] as Compared]));
  });

  const isImported = (path: string): boolean => imported.includes(path);

  afterAll(() => rmSync(folder, { recursive: true }));

  test("answers an instance for every imported file", () => {
    expect(imported.length).toBeGreaterThan(20);
    expect(written.size).toBe(2 * imported.length);
  });

  test.each([ELE, HTJ2K])(
    "answers the elements of the source in ascending order, in transfer syntax %s",
    (uid) => {
      const isMisread = (path: string): boolean => golden.get(path)?.misreadBy?.includes("pydicom") === true;
      for (const path of imported.filter((each) => !isMisread(each))) {
        const { differences, isAscending, fileMeta } = compared.get(`${path} ${uid}`) as Compared;
        const left = differences.filter(
          ([name, before, after]) => !isAllowed(uid, golden.get(path), name, before, after),
        );
        expect({ path, left, isAscending }).toEqual({ path, left: [], isAscending: true });
        expect(fileMeta).toMatchObject({
          TransferSyntaxUID: uid,
          MediaStorageSOPInstanceUID: golden.get(path)?.sopInstanceUID,
        });
      }
    },
  );

  test("answers the pixels of golden.json in the native transfer syntax", () => {
    for (const path of imported) {
      const { crc32 } = compared.get(`${path} ${ELE}`) as Compared;
      const { frames = [] } = golden.get(path) ?? {};
      const isGolden = frames.map((frame, index) => goldenChecksums(frame).includes(crc32[index] ?? -1));
      expect({ path, count: crc32.length, isGolden }).toEqual({
        path,
        count: frames.length,
        isGolden: frames.map(() => true),
      });
    }
  });

  test.skipIf(!isJudgeThere)(
    `answers HTJ2K fragments that ${JUDGE} decodes to the pixels of golden.json`,
    async () => {
      const isRead = ({ frames, misreadBy = [] }: GoldenFile): boolean =>
        frames.length > 0 && !misreadBy.includes("dicom-parser");
      for (const path of corpus.files
        .filter(isRead)
        .map((file) => file.path)
        .filter(isImported)) {
        const dataSet = dicomParser.parseDicom(
          new Uint8Array(readFileSync(written.get(`${path} ${HTJ2K}`) ?? "")),
        );
        const element = dataSet.elements["x7fe00010"] as dicomParser.Element;
        const { frames = [] } = golden.get(path) ?? {};
        expect([path, element.basicOffsetTable?.length]).toEqual([path, frames.length]);
        for (const [index, frame] of frames.entries()) {
          const codestream = dicomParser.readEncapsulatedImageFrame(dataSet, element, index);
          const { checksum } = await judge(new Uint8Array(codestream));
          expect(decodedChecksums(frame), `${path}, frame ${index}`).toContain(checksum);
        }
      }
    },
  );

  test.skipIf(!isDcmtkThere)(
    "answers files that dcmdump reads without a warning that the source does not cause",
    () => {
      const names = [...written.values()];
      const { status, stderr } = spawnSync("dcmdump", ["-q", ...names], { maxBuffer: 2 ** 28 });
      expect([status, stderr.toString()]).toEqual([0, ""]);
    },
  );
}

/** What is as it is sent, not as it came; and the patient block, which is always there. */
function isAllowed(
  uid: string,
  file: GoldenFile | undefined,
  name: string,
  before: string | null,
  after: string | null,
): boolean {
  // Samples are sent from the lowest bit up.
  if (name === "00280102") return after === `US ${(file?.bitsStored ?? 0) - 1}`;
  if (/(^|\.)00080005$/.test(name)) return after === "CS 'ISO_IR 192'";
  // Offset tables are of the fragments that came.
  if (/^7FE0000[123]$/.test(name)) return after === null;
  if (name === "00280006") return before === "US 1" && after === "US 0";
  if (name === "00280004") return isSameColour(uid, file, before ?? "", after ?? "");
  // Spaces around a value are padding, which metadata has without.
  const trimmed = (value: string | null): string | undefined => value?.replaceAll(/ +'/g, "'");
  if (before?.startsWith("CS ")) return trimmed(before) === trimmed(after);
  return /^001000(10|20|30|40)$/.test(name) && before === null && after?.endsWith("None") === true;
}

/** What a compressed source calls its colours, and what the samples that are sent are. */
function isSameColour(uid: string, file: GoldenFile | undefined, before: string, after: string): boolean {
  if (before === "CS 'YBR_FULL_422'") return after === "CS 'YBR_FULL'";
  const isRgb = ["CS 'RGB'", "CS 'YBR_RCT'", "CS 'YBR_ICT'"].includes(before);
  // Planes of 16 bits are sent without a colour transform.
  const isTransformed = uid === HTJ2K && file?.bitsAllocated === 8;
  return isRgb && after === (isTransformed ? "CS 'YBR_RCT'" : "CS 'RGB'");
}
