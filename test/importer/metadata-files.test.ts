import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GUIDE_VALUE_LIMITS } from "../../src/api/limits/value-limits.ts";
import type { MetadataDocument } from "../../src/domain/image-sets/metadata/metadata-document.ts";
import type { MetadataMapping } from "../../src/domain/import-jobs/import-configuration.ts";
import type { ObjectSource } from "../../src/domain/objects.ts";
import { Ledger } from "../../src/importer/job-report.ts";
import { MetadataFiles } from "../../src/importer/metadata-files.ts";
import { importJob } from "../storage/documents.ts";

const instance = { DICOM: { SOPClassUID: "1.2", SOPInstanceUID: "3.1" }, DICOMVRs: {}, ImageFrames: [] };
const documentOf = (ImageSetID: string, study = "1", series = "2"): MetadataDocument => ({
  SchemaVersion: "1.1",
  DatastoreID: "d",
  ImageSetID,
  Patient: { DICOM: { PatientName: "A" } },
  Study: {
    DICOM: { StudyInstanceUID: study },
    Series: { [series]: { DICOM: { SeriesInstanceUID: series }, Instances: { "3.1": instance } } },
  },
});
const reached = (imageSetId: string) => ({ imageSetId, imageSetVersion: 1, isPrimary: true });
const patientOf = (name: string, uids: Readonly<Record<string, string>> = {}): object => ({
  "00100010": { vr: "PN", Value: [{ Alphabetic: name }] },
  ...Object.fromEntries(Object.entries(uids).map(([tag, uid]) => [tag, { vr: "UI", Value: [uid] }])),
});

type Content = object | string | ((key: string) => Promise<ObjectSource>);

/** All files of the mappings, read into a ledger. */
async function read(
  contents: Readonly<Record<string, Content>>,
  mappings: readonly MetadataMapping[],
  { maxMetadataBytes = 1_000_000, claimedBytes }: { maxMetadataBytes?: number; claimedBytes?: number } = {},
) {
  const importConfiguration = {
    dicomJsonMetadataImportConfiguration: { dicomMetadataMappings: mappings },
  };
  const files = new MetadataFiles(
    { ...importJob("j", "d"), importConfiguration },
    { prefix: "in/", maxMetadataBytes, valueLimits: GUIDE_VALUE_LIMITS },
  );
  const ledger = new Ledger();
  ledger.open(Object.keys(contents).map((name) => `in/${name}`));
  for (const [index, [name, content]] of Object.entries(contents).entries()) {
    const bytes = Buffer.from(typeof content === "string" ? content : (JSON.stringify(content) ?? ""));
    const locate = (key: string): Promise<ObjectSource> =>
      typeof content === "function" ? content(key) : Promise.resolve({ bytes });
    const summary = { key: `in/${name}`, byteLength: claimedBytes ?? bytes.length };
    const failure = await files.read({ locate }, "b", index, summary);
    if (failure !== undefined) ledger.fail(index, failure);
  }
  const failures = () => ledger.result().failures.map(({ failure: { message } }) => message);
  return { files, ledger, failures };
}

describe("metadata files of a job", () => {
  test("are those of its mappings, wherever they are", async () => {
    const { files } = await read({}, [
      { studyInstanceUID: "1", metadataFilePath: "a.json" },
      { studyInstanceUID: "1", metadataFilePath: "x/b.json" },
      { studyInstanceUID: "2", metadataFilePath: "a.json" },
    ]);
    const keys = ["in/a.json", "in/x/b.json", "in/b.json", "a.json"];
    expect(keys.filter((key) => files.has(key))).toEqual(["in/a.json", "in/x/b.json"]);
    expect(files.missingIn([{ key: "in/a.json", byteLength: 1 }])).toEqual(["in/x/b.json"]);
    expect(files.change).toBeUndefined();
  });

  test("are for what their mappings name, whatever the order in which they are read", async () => {
    const contents = { "z.json": patientOf("Z"), "a.json": patientOf("A2") };
    const { files } = await read(contents, [
      { studyInstanceUID: "1", metadataFilePath: "a.json" },
      { studyInstanceUID: "1", seriesInstanceUID: "2", metadataFilePath: "z.json" },
    ]);
    const nameIn = (study: string, series: string): unknown =>
      files.change?.(documentOf("i", study, series)).Patient.DICOM["PatientName"];
    expect([nameIn("1", "2"), nameIn("1", "9"), nameIn("9", "2")]).toEqual(["Z", "A2", "A"]);
    const may = [files.mayConcern("1", "2"), files.mayConcern("1", "9"), files.mayConcern("9", "2")];
    expect(may).toEqual([true, true, false]);
  });

  test("have one outcome each, with every image set that they changed", async () => {
    const both = [patientOf("B", { "0020000E": "2" }), patientOf("C", { "0020000E": "9" })];
    const { files, ledger } = await read({ "a.json": both, "b.json": patientOf("N") }, [
      { studyInstanceUID: "1", metadataFilePath: "a.json" },
      { studyInstanceUID: "5", metadataFilePath: "b.json" },
    ]);
    for (const [id, series] of [
      ["i", "2"],
      ["k", "9"],
      ["l", "9"],
    ] as const)
      files.change?.(documentOf(id, "1", series));
    files.report(ledger, [reached("i"), reached("k")]);
    const { importedFiles, successes, failures, imageSets } = ledger.result();
    expect(importedFiles).toBe(1);
    expect(successes).toEqual([
      { inputFile: "in/a.json", imageSet: reached("i"), warnings: [] },
      { inputFile: "in/a.json", imageSet: reached("k"), warnings: [] },
    ]);
    expect(imageSets.map(({ instanceCount }) => instanceCount)).toEqual([0, 0]);
    expect(failures).toMatchObject([{ inputFile: "in/b.json" }]);

    files.retract(ledger);
    files.report(ledger, [reached("l")]);
    expect(ledger.result().successes).toMatchObject([
      { imageSet: reached("l"), warnings: [{ message: expect.stringContaining("1 of their 2") as string }] },
    ]);
  });

  test("are imported with warnings about values, as DICOM files are", async () => {
    const birthDate = { "00100030": { vr: "DA", Value: ["1.4.1970"] } };
    const mappings = [{ studyInstanceUID: "1", metadataFilePath: "a.json" }];
    const { files, ledger } = await read({ "a.json": { ...patientOf("B"), ...birthDate } }, mappings);
    files.change?.(documentOf("i"));
    files.report(ledger, [reached("i")]);
    const message = expect.stringContaining("PatientBirthDate") as string;
    expect(ledger.result().successes).toMatchObject([{ warnings: [{ type: "Other", message }] }]);
  });

  test("fail with the image set that they are for", async () => {
    const { files, ledger, failures } = await read({ "a.json": patientOf("B") }, [
      { studyInstanceUID: "1", metadataFilePath: "a.json" },
    ]);
    files.change?.(documentOf("i"));
    files.report(ledger, []);
    expect(failures()).toEqual(["The metadata were not merged into image set i, whose import has failed"]);
  });

  test("leave a document unchanged that would be too large", async () => {
    const contents = { "a.json": patientOf("B".repeat(200)) };
    const mappings = [{ studyInstanceUID: "1", metadataFilePath: "a.json" }];
    const { files, ledger, failures } = await read(contents, mappings, { maxMetadataBytes: 300 });
    const document = documentOf("i");
    expect(files.change?.(document)).toBe(document);
    files.report(ledger, [reached("i")]);
    expect(failures()).toEqual([
      expect.stringMatching(/^The metadata of image set i would have \d+ bytes, at most 300 are allowed$/),
    ]);
  });

  test("are refused beyond the bytes that they may have together", async () => {
    const contents = { "a.json": patientOf("A"), "b.json": patientOf("B") };
    const mappings = Object.keys(contents).map((metadataFilePath) => ({
      studyInstanceUID: "1",
      metadataFilePath,
    }));
    const { failures, files, ledger } = await read(contents, mappings, { maxMetadataBytes: 80 });
    files.change?.(documentOf("i"));
    files.report(ledger, [reached("i")]);
    expect(failures()).toContain("The metadata files have more than 80 bytes together");
  });
});

describe("a metadata file in the bucket's folder", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "healthimaging-local-metadata-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const mappings = [{ studyInstanceUID: "1", metadataFilePath: "a.json" }];
  const inFolder = (name: string) => (): Promise<ObjectSource> =>
    Promise.resolve({ path: join(folder, name) });

  test("is read", async () => {
    await writeFile(join(folder, "a.json"), JSON.stringify(patientOf("B")));
    const { files } = await read({ "a.json": inFolder("a.json") }, mappings);
    expect(files.change?.(documentOf("i")).Patient.DICOM["PatientName"]).toBe("B");
  });

  test("that has grown since it was listed is refused", async () => {
    await writeFile(join(folder, "grown.json"), " ".repeat(2_000));
    const options = { maxMetadataBytes: 1_000, claimedBytes: 10 };
    const { failures } = await read({ "a.json": inFolder("grown.json") }, mappings, options);
    expect(failures()).toEqual(["The metadata file has more than 1000 bytes"]);
  });

  test("that is missing meanwhile is a server error", async () => {
    const { ledger } = await read({ "a.json": inFolder("missing.json") }, mappings);
    expect(ledger.result().failures).toMatchObject([
      { failure: { exceptionType: "InternalServerException" } },
    ]);
  });
});
