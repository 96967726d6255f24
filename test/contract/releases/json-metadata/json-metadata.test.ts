import { GetDICOMImportJobCommand, GetImageSetCommand } from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import type { MetadataMapping } from "../../../../src/domain/import-jobs/import-configuration.ts";
import type { ServiceRelease } from "../../../../src/index.ts";
import {
  createActiveDatastore,
  openControlled,
  readLines,
  readText,
  runJob,
  type ControlledSandbox,
} from "../../../clients.ts";
import { controlled as test } from "../../../elsewhere.ts";
import { dicomFile, element, instanceElements } from "../../../imaging/dicom/write-dicom.ts";
import { findImageSets, readDocument } from "../../image-sets/image-sets.ts";
import { withConfiguration } from "./import-configuration.ts";

const STUDY = "1.2.826.1";
const [HEAD, CHEST] = ["1.2.826.1.1", "1.2.826.1.2"];

/** An instance without pixels. */
const fileOf = (series: string, number: number, patientId = "P1"): Uint8Array =>
  dicomFile(
    instanceElements(
      element("0020000D", "UI", STUDY),
      element("0020000E", "UI", series),
      element("00080018", "UI", `${series}.${number}`),
      element("00100020", "LO", patientId),
      element("00081030", "LO", "as filed"),
      element("00200013", "IS", String(number)),
    ),
  );

const ui = (value: string) => ({ vr: "UI", Value: [value] });
const lo = (value: string) => ({ vr: "LO", Value: [value] });
const NAME = { "00100010": { vr: "PN", Value: [{ Alphabetic: "Doe^Jane" }] } };
const DESCRIPTION = { "00081030": lo("enhanced") };
const ofInstance = (series: string, number: number, comment: string) => ({
  "0020000D": ui(STUDY),
  "0020000E": ui(series),
  "00080018": ui(`${series}.${number}`),
  "00204000": { vr: "LT", Value: [comment] },
});

let sandbox: ControlledSandbox;
let datastoreId: string;
let mappings: readonly MetadataMapping[] = [];
let seen: ReturnType<typeof withConfiguration>;
let bucketCount = 0;

async function open(serviceRelease: ServiceRelease, data?: string): Promise<void> {
  sandbox = await openControlled({ serviceRelease, ...(data === undefined ? {} : { data }) });
  seen = withConfiguration(sandbox.medicalImaging, () => mappings);
}

/** Mappings of the study, unless told otherwise. */
async function importWith(
  files: Readonly<Record<string, Uint8Array | object | string>>,
  given: readonly (Partial<MetadataMapping> & { readonly metadataFilePath: string })[],
) {
  const bucket = `json-metadata-${bucketCount++}`;
  await sandbox.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const [path, content] of Object.entries(files)) {
    const isText = typeof content === "string" || content instanceof Uint8Array;
    const Body = isText ? content : JSON.stringify(content);
    await sandbox.s3.send(new PutObjectCommand({ Bucket: bucket, Key: `in/${path}`, Body }));
  }
  mappings = given.map((mapping) => ({ studyInstanceUID: STUDY, ...mapping }));
  const places = [`s3://${bucket}/in`, `s3://${bucket}/out`] as const;
  const { job } = await runJob(sandbox.medicalImaging, datastoreId, ...places);
  mappings = [];
  const { outputS3Uri = "", jobStatus, jobId = "" } = job;
  const read = (path: string) => readLines(sandbox.s3, outputS3Uri + path);
  const manifest = await readText(sandbox.s3, `${outputS3Uri}job-output-manifest.json`);
  const { jobSummary } = JSON.parse(manifest) as { jobSummary: object };
  return {
    jobId,
    jobStatus,
    summary: jobSummary,
    successes: await read("SUCCESS/success.ndjson"),
    failures: await read("FAILURE/failure.ndjson"),
    warnings: await read("WARNING/warning.ndjson").catch(() => []),
  };
}

const document = async (series: string, patientId = "P1", versionId?: string) => {
  for (const imageSetId of await findImageSets(sandbox, datastoreId)) {
    const found = await readDocument(sandbox, datastoreId, imageSetId, versionId).catch(() => undefined);
    if (found?.Study.Series[series] === undefined || found.Patient.DICOM["PatientID"] !== patientId) continue;
    const instances = Object.values(found.Study.Series[series].Instances);
    return {
      imageSetId,
      name: found.Patient.DICOM["PatientName"],
      description: found.Study.DICOM["StudyDescription"],
      series: found.Study.Series[series].DICOM,
      comments: instances.map(({ DICOM }) => DICOM["ImageComments"]),
    };
  }
  return undefined;
};
const versionOf = async (imageSetId = "") => {
  const read = await sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
  return [read.versionId, read.imageSetWorkflowStatus];
};
const failed = (file: string, message: string) => ({
  inputFile: `in/${file}`,
  exception: { exceptionType: "ValidationException", message: expect.stringContaining(message) as string },
});

describe("with release 2024-05", () => {
  test("importConfiguration is ignored, and reported as ignored", async () => {
    await open("2024-05");
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const files = { "1.dcm": fileOf(HEAD, 1), "study.json": DESCRIPTION };
    const { failures } = await importWith(files, [{ metadataFilePath: "study.json" }]);
    expect(seen.hints).toEqual(["importConfiguration is ignored: newer than the service of 2024-05"]);
    expect(failures).toEqual([failed("study.json", "DICOM attributes does not exist")]);
    expect((await document(HEAD))?.description).toBe("as filed");
    expect(seen.jobs.at(-1)).not.toHaveProperty("importConfiguration");
    await sandbox[Symbol.asyncDispose]();
  });
});

describe("with release 2026-06", () => {
  beforeAll(() => open("2026-06"));
  afterAll(() => sandbox[Symbol.asyncDispose]());
  beforeEach(async () => {
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  });

  test("JSON metadata become part of the image sets of a job", async () => {
    const files = {
      "a/1.dcm": fileOf(HEAD, 1),
      "a/2.dcm": fileOf(HEAD, 2),
      "b.dcm": fileOf(CHEST, 1),
      "metadata/study.json": [{ ...NAME, ...DESCRIPTION }, ofInstance(HEAD, 2, "two")],
      "metadata/chest.json": {
        "00180015": { vr: "CS", Value: ["CHEST"] },
        ...DESCRIPTION,
        "00081030": lo("last"),
      },
    };
    const report = await importWith(files, [
      { metadataFilePath: "metadata/study.json" },
      { metadataFilePath: "metadata/chest.json", seriesInstanceUID: CHEST },
    ]);
    expect(report).toMatchObject({ jobStatus: "COMPLETED", failures: [], warnings: [] });
    const [head, chest] = [await document(HEAD), await document(CHEST)];
    expect(head).toMatchObject({ name: "Doe^Jane", description: "enhanced", comments: [undefined, "two"] });
    expect(chest).toMatchObject({ name: "Doe^Jane", description: "last", comments: [undefined] });
    expect(head?.series).not.toHaveProperty("BodyPartExamined");
    expect(chest?.series).toMatchObject({ BodyPartExamined: "CHEST", SeriesInstanceUID: CHEST });
    expect(await versionOf(head?.imageSetId)).toEqual(["1", "CREATED"]);
    const ofFile = (file: string, imageSetId = "") => ({
      inputFile: `in/${file}`,
      importResponse: { imageSetId, imageSetVersion: 1, isPrimary: true },
    });
    expect(report.successes).toEqual([
      ofFile("a/1.dcm", head?.imageSetId),
      ofFile("a/2.dcm", head?.imageSetId),
      ofFile("b.dcm", chest?.imageSetId),
      ofFile("metadata/chest.json", chest?.imageSetId),
      ofFile("metadata/study.json", head?.imageSetId),
      ofFile("metadata/study.json", chest?.imageSetId),
    ]);
    expect(report.summary).toMatchObject({
      numberOfScannedFiles: 5,
      numberOfImportedFiles: 5,
      numberOfGeneratedImageSets: 2,
      imageSetsSummary: [
        { imageSetId: head?.imageSetId, numberOfMatchedSOPInstances: 2 },
        { imageSetId: chest?.imageSetId, numberOfMatchedSOPInstances: 1 },
      ],
    });
  });

  test("the configuration is part of the job", async () => {
    const given = { metadataFilePath: "x.json", seriesInstanceUID: HEAD };
    const { jobId } = await importWith({ "x.json": DESCRIPTION }, [given]);
    await sandbox.medicalImaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId }));
    expect(seen.jobs.at(-1)?.importConfiguration).toEqual({
      dicomJsonMetadataImportConfiguration: {
        dicomMetadataMappings: [{ studyInstanceUID: STUDY, ...given }],
      },
    });
  });

  test("a job of metadata alone changes the primary image sets that they are for", async () => {
    await importWith({ "1.dcm": fileOf(HEAD, 1), "2.dcm": fileOf(HEAD, 2), "3.dcm": fileOf(CHEST, 1) }, []);
    await importWith({ "4.dcm": fileOf(HEAD, 1, "P2") }, []);
    const report = await importWith({ "m.json": [NAME, ofInstance(HEAD, 1, "one")] }, [
      { metadataFilePath: "m.json", seriesInstanceUID: HEAD },
    ]);
    const head = await document(HEAD);
    expect(head).toMatchObject({ name: "Doe^Jane", description: "as filed", comments: ["one", undefined] });
    expect(await versionOf(head?.imageSetId)).toEqual(["2", "IMPORTED"]);
    expect(await document(HEAD, "P1", "1")).toMatchObject({ comments: [undefined, undefined] });
    for (const other of [await document(CHEST), await document(HEAD, "P2")]) {
      expect(other?.name).not.toBe("Doe^Jane");
      expect(await versionOf(other?.imageSetId)).toEqual(["1", "CREATED"]);
    }
    const imageSet = { imageSetId: head?.imageSetId, imageSetVersion: 2, isPrimary: true };
    expect(report.successes).toEqual([{ inputFile: "in/m.json", importResponse: imageSet }]);
    expect(report.summary).toMatchObject({
      numberOfScannedFiles: 1,
      numberOfImportedFiles: 1,
      imageSetsSummary: [{ ...imageSet, numberOfMatchedSOPInstances: 0 }],
    });
  });

  test("metadata and instances become part of a primary image set in one version", async () => {
    await importWith({ "1.dcm": fileOf(HEAD, 1), "3.dcm": fileOf(CHEST, 1) }, []);
    const files = {
      "2.dcm": fileOf(HEAD, 2),
      "m.json": [ofInstance(HEAD, 1, "one"), ofInstance(HEAD, 2, "two")],
    };
    await importWith(files, [{ metadataFilePath: "m.json" }]);
    const head = await document(HEAD);
    expect(head?.comments).toEqual(["one", "two"]);
    expect(await versionOf(head?.imageSetId)).toEqual(["2", "IMPORTED"]);
    expect(await versionOf((await document(CHEST))?.imageSetId)).toEqual(["1", "CREATED"]);
  });

  test("data sets that name nothing are a warning beside others, and a failure alone", async () => {
    const files = {
      "1.dcm": fileOf(HEAD, 1),
      "some.json": [NAME, ofInstance(HEAD, 9, "nine"), { "0020000D": ui("9.9"), ...DESCRIPTION }],
      "none.json": [ofInstance(CHEST, 1, "one")],
    };
    const report = await importWith(files, [
      { metadataFilePath: "some.json" },
      { metadataFilePath: "none.json" },
    ]);
    expect(await document(HEAD)).toMatchObject({ name: "Doe^Jane", description: "as filed" });
    expect(report.failures).toEqual([failed("none.json", "name no study, series or instance")]);
    expect(report.warnings).toMatchObject([
      {
        inputFile: "in/some.json",
        importResponse: {
          warnings: [
            {
              warning_reason_code: 45062,
              message:
                "The metadata were merged but 2 of their 3 data sets name no study, series or instance that was found.",
            },
          ],
        },
      },
    ]);
    expect(report.summary).toMatchObject({ numberOfScannedFiles: 3, numberOfFilesWithCustomerError: 1 });
  });

  test("a file that cannot be read fails, and changes nothing", async () => {
    const files = {
      "1.dcm": fileOf(HEAD, 1),
      "text.json": "Doe^Jane",
      "pixels.json": { ...NAME, "7FE00010": { vr: "OW", InlineBinary: "AAA=" } },
      "vr.json": [DESCRIPTION, { "00100010": lo("Doe^Jane") }],
      "unused.json": DESCRIPTION,
    };
    const paths = ["text.json", "pixels.json", "vr.json", "missing.json"];
    const report = await importWith(
      files,
      paths.map((metadataFilePath) => ({ metadataFilePath })),
    );
    expect(report.jobStatus).toBe("COMPLETED");
    expect(await document(HEAD)).toMatchObject({ name: null, description: "as filed" });
    expect(report.failures).toEqual([
      failed("pixels.json", "PixelData cannot be part of JSON metadata"),
      failed("text.json", "not JSON in UTF-8"),
      failed("unused.json", "DICOM attributes does not exist"),
      failed("vr.json", "Data set 2: DICOM attribute PatientName has VR LO, expected PN"),
      failed("missing.json", "does not exist in the input folder"),
    ]);
    expect(report.summary).toMatchObject({ numberOfScannedFiles: 6, numberOfImportedFiles: 1 });
  });

  test.each(["../secret.json", "a/../b.json", "./a.json", "/a.json", "a//b.json", "a/", "s3://b/in/a.json"])(
    "a path that is not below the input folder is refused: %s",
    async (metadataFilePath) => {
      await expect(importWith({}, [{ metadataFilePath }])).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("metadataFilePath of mapping 1") as string,
      });
    },
  );

  test.each<[string, readonly object[]]>([
    ["no mapping", [{ metadataFilePath: "" }]],
    ["a mapping without a study", [{ metadataFilePath: "a", studyInstanceUID: undefined }]],
    ["a study that is not a UID", [{ metadataFilePath: "a", studyInstanceUID: "x" }]],
    ["1001 mappings", Array.from({ length: 1001 }, () => ({ metadataFilePath: "a" }))],
  ])("an input with %s is refused", async (_, given) => {
    await expect(importWith({}, given as { metadataFilePath: string }[])).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});
