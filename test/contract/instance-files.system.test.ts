import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { GetImageSetMetadataCommand } from "@aws-sdk/client-medical-imaging";
import dicomParser from "dicom-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MetadataDocument } from "../../src/domain/metadata-document.ts";
import { openServer, type ServerSandbox } from "../clients.ts";
import { corpus, goldenChecksums, type GoldenFile } from "../corpus.ts";
import { dicomFile, imageElements, instanceElements } from "../dicom/write-dicom.ts";
import { accepting, ELE, get, HTJ2K, importInto, pathOf, type Instance } from "../dicomweb/instances.ts";
import { isJudgeThere, judge, JUDGE } from "../judge.ts";

const PYTHON = "/usr/bin/python3";
const isPydicomThere = spawnSync(PYTHON, ["-c", "import pydicom"]).status === 0;
const isDcmtkThere = spawnSync("dcmdump", ["--version"]).status === 0;
if (!isPydicomThere) process.stderr.write("SKIPPED: instances judged by pydicom; install python3-pydicom\n");
if (!isDcmtkThere) process.stderr.write("SKIPPED: instances judged by dcmdump; install dcmtk\n");

let sandbox: ServerSandbox;
let folder: string;
beforeAll(async () => {
  sandbox = await openServer();
  folder = mkdtempSync(join(tmpdir(), "healthimaging-local-instance-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sandbox[Symbol.asyncDispose]();
});

interface Compared {
  readonly differences: readonly [path: string, before: string | null, after: string | null][];
  readonly isAscending: boolean;
  readonly fileMeta: Readonly<Record<string, string>>;
  readonly crc32: readonly number[];
}

describe.skipIf(corpus === undefined || !isPydicomThere)("GetDICOMInstance of the real DICOM files", () => {
  const files = (corpus?.files ?? []).filter(({ path }) => !path.startsWith("broken/"));
  const golden = new Map(files.map((file) => [file.path, file]));
  let imported: string[] = [];
  const written = new Map<string, string>();
  let compared: Map<string, Compared>;

  beforeAll(async () => {
    const bodies = files.map(({ path }) => [path, readFileSync(join(corpus?.folder ?? "", path))] as const);
    const { datastoreId, imageSetIds } = await importInto(sandbox, "corpus", Object.fromEntries(bodies));
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
    const pairs = [...written].map(([key, name]) => [
      join(corpus?.folder ?? "", key.split(" ")[0] ?? ""),
      name,
    ]);
    const script = join(import.meta.dirname, "../dicomweb/compare-instances.py");
    const output = execFileSync(PYTHON, [script], { input: JSON.stringify(pairs), maxBuffer: 2 ** 28 });
    const results = JSON.parse(output.toString()) as Compared[];
    compared = new Map([...written.keys()].map((key, index) => [key, results[index] as Compared]));
  });

  test("is there for every file that was imported", () => {
    expect(imported.length).toBeGreaterThan(20);
    expect(written.size).toBe(2 * imported.length);
  });

  test.each([ELE, HTJ2K])("as %s has the elements of the source, in ascending order", (uid) => {
    for (const path of imported) {
      const { differences, isAscending, fileMeta } = compared.get(`${path} ${uid}`) as Compared;
      const left = differences.filter(([name, before, after]) => !isAllowed(uid, name, before, after));
      expect({ path, left, isAscending }).toEqual({ path, left: [], isAscending: true });
      expect(fileMeta).toMatchObject({
        TransferSyntaxUID: uid,
        MediaStorageSOPInstanceUID: golden.get(path)?.sopInstanceUID,
      });
    }
  });

  test("has the golden pixels, natively", () => {
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

  test.skipIf(!isJudgeThere)(`has the golden pixels in each fragment, as ${JUDGE} decodes them`, async () => {
    for (const path of imported.filter((name) => golden.get(name)?.frames.length)) {
      const dataSet = dicomParser.parseDicom(
        new Uint8Array(readFileSync(written.get(`${path} ${HTJ2K}`) ?? "")),
      );
      const element = dataSet.elements["x7fe00010"] as dicomParser.Element;
      const { frames = [], bitsAllocated } = golden.get(path) ?? {};
      expect([path, element.basicOffsetTable?.length]).toEqual([path, frames.length]);
      for (const [index, frame] of frames.entries()) {
        const codestream = dicomParser.readEncapsulatedImageFrame(dataSet, element, index);
        const { checksum } = await judge(new Uint8Array(codestream), { bitsAllocated: bitsAllocated ?? 8 });
        expect(goldenChecksums(frame), `${path}, frame ${index}`).toContain(checksum);
      }
    }
  });

  test.skipIf(!isDcmtkThere)("is read by dcmdump without a warning of its making", () => {
    const names = [...written.values()];
    const { status, stderr } = spawnSync("dcmdump", ["-q", ...names], { maxBuffer: 2 ** 28 });
    expect([status, stderr.toString()]).toEqual([0, ""]);
  });
});

/** What is as it is sent, not as it came; and the patient block, which is always there. */
function isAllowed(uid: string, name: string, before: string | null, after: string | null): boolean {
  if (/(^|\.)00080005$/.test(name)) return after === "CS 'ISO_IR 192'";
  if (name === "00280006") return before === "US 1" && after === "US 0";
  if (name === "00280004") return isSameColour(uid, before ?? "", after ?? "");
  // Spaces around a value are padding, which metadata has without.
  const trimmed = (value: string | null): string | undefined => value?.replaceAll(/ +'/g, "'");
  if (before?.startsWith("CS ")) return trimmed(before) === trimmed(after);
  return /^001000(10|20|30|40)$/.test(name) && before === null && after?.endsWith("None") === true;
}

/** What a compressed source calls its colours, and what the samples that are sent are. */
function isSameColour(uid: string, before: string, after: string): boolean {
  if (before === "CS 'YBR_FULL_422'") return after === "CS 'YBR_FULL'";
  const isRgb = ["CS 'RGB'", "CS 'YBR_RCT'", "CS 'YBR_ICT'"].includes(before);
  return isRgb && after === (uid === HTJ2K ? "CS 'YBR_RCT'" : "CS 'RGB'");
}

describe("GetDICOMInstance of an image with a frame that is not what it was", () => {
  const frames = Array.from({ length: 3 }, (_, at) => Buffer.alloc(64 * 64, at + 1));
  const image = { rows: 64, columns: 64, numberOfFrames: 3, pixelData: Buffer.concat(frames) };
  const file = dicomFile(instanceElements(...imageElements(image)));

  test.each([
    [0, "is an error"],
    [1, "ends the connection"],
  ])("the one at %d: %s", async (damaged) => {
    await using own = await openServer({ data: join(folder, `data-${damaged}`) });
    const { datastoreId, imageSetIds } = await importInto(own, "damaged", { "1.dcm": file });
    const imageSetId = imageSetIds.get("1.dcm") ?? "";
    const frameIds = await frameIdsOf(own, datastoreId, imageSetId);
    const pathTo = (at: number): string =>
      join(folder, `data-${damaged}`, "datastores", datastoreId, "frames", `${frameIds[at]}.jhc`);
    copyFileSync(pathTo(2), pathTo(damaged));
    const path = pathOf({
      datastoreId,
      imageSetId,
      study: "1.2.3.4.1",
      series: "1.2.3.4.2",
      sop: "1.2.3.4.3",
    });
    const answer = get(own, path);
    if (damaged === 0) {
      expect((await answer).headers["x-amzn-errortype"]).toBe("InternalServerException");
    } else {
      await expect(answer).rejects.toThrow("aborted");
    }
    expect((await get(own, path, { headers: accepting(HTJ2K) })).status).toBe(200);
  });

  async function frameIdsOf({ medicalImaging }: ServerSandbox, datastoreId: string, imageSetId: string) {
    const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId });
    const { imageSetMetadataBlob } = await medicalImaging.send(command);
    const { Study } = JSON.parse(
      gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString(),
    ) as MetadataDocument;
    const instances = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
    return instances.flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID));
  }
});
