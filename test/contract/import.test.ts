import {
  ConflictException,
  DeleteDatastoreCommand,
  GetImageSetCommand,
  ListImageSetVersionsCommand,
  paginateSearchImageSets,
  SearchImageSetsCommand,
  type ImageSetsMetadataSummary,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import type { MetadataDocument } from "../../src/domain/image-sets/metadata/metadata-document.ts";
import {
  createActiveDatastore,
  importFiles,
  openSandbox,
  readLines,
  readText,
  runJob,
  type FinishedImport,
  type Sandbox,
} from "../clients.ts";
import { bucketName } from "../elsewhere.ts";
import { inRelease, testOf } from "../setup/served-release.ts";
import { instancesOf, readMetadataOf } from "./corpus/imported-corpus.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  // Long enough for a polling client on a busy machine to see every state.
  sandbox = await openSandbox({ durations: { jobSubmittedMs: 700, jobInProgressMs: 700 } });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** What reports tell about a new image set, besides its id. */
const FIRST_VERSION = inRelease("importReports", {
  "2024-05": {},
  "2026-06": { imageSetVersion: 1, isPrimary: true },
});

const CHECKED_SIZES = inRelease("storedFrames", {
  "2024-05": [
    [128, 128],
    [256, 256],
  ],
  "2026-06": [[256, 256]],
});

const readMetadata = (datastoreId: string, imageSetId: string): Promise<MetadataDocument> =>
  readMetadataOf(sandbox, datastoreId, imageSetId);

async function searchAll(datastoreId: string): Promise<ImageSetsMetadataSummary[]> {
  const found: ImageSetsMetadataSummary[] = [];
  for await (const page of paginateSearchImageSets(
    { client: sandbox.medicalImaging, pageSize: 3 },
    { datastoreId },
  )) {
    found.push(...(page.imageSetsMetadataSummaries ?? []));
  }
  return found;
}

describe("an import of a generated series with files that are not DICOM", () => {
  const series = createSampleSeries(3);
  let datastoreId: string;
  let finished: FinishedImport;
  beforeAll(async () => {
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const whole = series[0]?.bytes ?? new Uint8Array();
    finished = await importFiles(sandbox, datastoreId, "phantom", {
      ...Object.fromEntries(series.map(({ name, bytes }) => [`ct/${name}`, bytes])),
      "notes.txt": "This is not a DICOM file.",
      "empty.dcm": new Uint8Array(),
      "truncated.dcm": whole.slice(0, whole.length - 1_000),
    });
  });

  test("shows SUBMITTED, IN_PROGRESS and COMPLETED to a client that polls", () => {
    expect(finished.statuses).toEqual(["SUBMITTED", "IN_PROGRESS", "COMPLETED"]);
    const { job } = finished;
    expect(job).toMatchObject({
      datastoreId,
      inputS3Uri: `s3://${bucketName("phantom")}/input/`,
      outputS3Uri: `s3://${bucketName("phantom")}/output/${datastoreId}-DicomImport-${job.jobId}/`,
    });
    expect(job.endedAt?.getTime()).toBeGreaterThan(job.submittedAt?.getTime() ?? Infinity);
  });

  test("writes a manifest whose counts add up", async () => {
    const { job } = finished;
    const [{ imageSetId = "" } = {}] = await searchAll(datastoreId);
    const manifest: unknown = JSON.parse(
      await readText(sandbox.s3, `${job.outputS3Uri}job-output-manifest.json`),
    );
    expect(manifest).toEqual({
      jobSummary: {
        jobId: job.jobId,
        datastoreId,
        inputS3Uri: job.inputS3Uri,
        outputS3Uri: job.outputS3Uri,
        successOutputS3Uri: `${job.outputS3Uri}SUCCESS/`,
        failureOutputS3Uri: `${job.outputS3Uri}FAILURE/`,
        ...inRelease("importReports", {
          "2024-05": {},
          "2026-06": { warningsOutputS3Uri: `${job.outputS3Uri}WARNING/` },
        }),
        numberOfScannedFiles: 6,
        numberOfImportedFiles: 3,
        numberOfFilesWithCustomerError: 3,
        numberOfFilesWithServerError: 0,
        numberOfGeneratedImageSets: 1,
        imageSetsSummary: [{ imageSetId, ...FIRST_VERSION, numberOfMatchedSOPInstances: 3 }],
      },
    });
  });

  test("names each file once, as a success or a failure, by its key in the bucket", async () => {
    const { outputS3Uri } = finished.job;
    const [{ imageSetId } = {}] = await searchAll(datastoreId);
    expect(await readLines(sandbox.s3, `${outputS3Uri}SUCCESS/success.ndjson`)).toEqual(
      series.map(({ name }) => ({
        inputFile: `input/ct/${name}`,
        importResponse: { imageSetId, ...FIRST_VERSION },
      })),
    );
    const noDicom = { exceptionType: "ValidationException", message: "DICOM attributes does not exist" };
    const failures = await readLines(sandbox.s3, `${outputS3Uri}FAILURE/failure.ndjson`);
    expect(failures).toEqual([
      { inputFile: "input/empty.dcm", exception: noDicom },
      { inputFile: "input/notes.txt", exception: noDicom },
      {
        inputFile: "input/truncated.dcm",
        exception: { exceptionType: "ValidationException", message: expect.stringMatching(/^[\w -:`]+$/) },
      },
    ]);
  });

  test("makes one image set that is found by search and by id", async () => {
    const [summary, ...others] = await searchAll(datastoreId);
    expect(others).toEqual([]);
    expect(summary).toMatchObject({
      version: 1,
      DICOMTags: {
        DICOMPatientId: "PHANTOM-1",
        DICOMPatientName: "Phantom^Demo",
        DICOMSeriesModality: "CT",
        DICOMSeriesNumber: 1,
        DICOMStudyDate: "20240501",
        DICOMNumberOfStudyRelatedSeries: 1,
        DICOMNumberOfStudyRelatedInstances: 3,
      },
    });
    const { imageSetId = "" } = summary ?? {};
    const imageSet = await sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
    expect(imageSet).toMatchObject({
      versionId: "1",
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "CREATED",
    });
    expect(imageSet.imageSetArn).toBe(
      `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${datastoreId}/imageset/${imageSetId}`,
    );
    expect(imageSet.createdAt).toEqual(imageSet.updatedAt);
    const again = new GetImageSetCommand({ datastoreId, imageSetId, versionId: "1" });
    expect((await sandbox.medicalImaging.send(again)).versionId).toBe("1");
    const unknown = new GetImageSetCommand({ datastoreId, imageSetId, versionId: "2" });
    await expect(sandbox.medicalImaging.send(unknown)).rejects.toThrow("Version 2");
  });

  test("is found by a search EQUAL to its own times, as the SDK sends them back", async () => {
    const [{ createdAt, updatedAt } = {}] = await searchAll(datastoreId);
    for (const value of [{ createdAt }, { updatedAt }]) {
      const searchCriteria = {
        filters: [{ operator: "EQUAL" as const, values: [value as { createdAt: Date }] }],
      };
      const command = new SearchImageSetsCommand({ datastoreId, searchCriteria });
      expect((await sandbox.medicalImaging.send(command)).imageSetsMetadataSummaries).toHaveLength(1);
    }
  });

  test("makes an image set of one version that is not updated", async () => {
    const [{ imageSetId = "" } = {}] = await searchAll(datastoreId);
    const command = new ListImageSetVersionsCommand({ datastoreId, imageSetId });
    const { imageSetPropertiesList, nextToken } = await sandbox.medicalImaging.send(command);
    expect(nextToken ?? null).toBeNull();
    expect(imageSetPropertiesList).toMatchObject([
      { imageSetId, versionId: "1", imageSetState: "ACTIVE", ImageSetWorkflowStatus: "CREATED" },
    ]);
    expect(imageSetPropertiesList?.[0]?.updatedAt ?? null).toBeNull();
    const missing = new ListImageSetVersionsCommand({ datastoreId, imageSetId: "0".repeat(32) });
    await expect(sandbox.medicalImaging.send(missing)).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test.each([
    [{ DICOMPatientId: "PHANTOM-1" }, 1],
    [{ DICOMPatientId: "PHANTOM" }, 0],
    [{ DICOMAccessionNumber: "DEMO-0001" }, 1],
    [{ DICOMStudyId: "1" }, 1],
    [{ DICOMStudyInstanceUID: "2.25.291834617234511289.1" }, 1],
    [{ DICOMSeriesInstanceUID: "2.25.291834617234511289.1.1" }, 1],
    [{ DICOMStudyDateAndTime: { DICOMStudyDate: "20240501", DICOMStudyTime: "101500" } }, 1],
    [{ createdAt: new Date(0) }, 0],
    [{ updatedAt: new Date(0) }, 0],
  ])("is searched with EQUAL %j, which finds %d", async (value, count) => {
    const searchCriteria = {
      filters: [{ operator: "EQUAL" as const, values: [value as { DICOMStudyId: string }] }],
    };
    const { imageSetsMetadataSummaries } = await sandbox.medicalImaging.send(
      new SearchImageSetsCommand({ datastoreId, searchCriteria }),
    );
    expect(imageSetsMetadataSummaries).toHaveLength(count);
  });

  test("describes each instance and its frame in the metadata", async () => {
    const [{ imageSetId = "" } = {}] = await searchAll(datastoreId);
    const metadata = await readMetadata(datastoreId, imageSetId);
    expect(metadata).toMatchObject({
      SchemaVersion: "1.1",
      DatastoreID: datastoreId,
      ImageSetID: imageSetId,
      Patient: {
        DICOM: {
          PatientBirthDate: null,
          PatientID: "PHANTOM-1",
          PatientName: "Phantom^Demo",
          PatientSex: "O",
        },
      },
      Study: { DICOM: { StudyDescription: "Phantom study" } },
    });
    const instances = instancesOf(metadata);
    expect(instances).toHaveLength(3);
    for (const [, { DICOM, DICOMVRs, ImageFrames }] of instances) {
      expect(DICOM).toMatchObject({
        Rows: 256,
        BitsStored: 12,
        ImageType: ["ORIGINAL", "PRIMARY", "AXIAL"],
        WindowCenter: ["40"],
        PixelData: null,
      });
      expect(DICOMVRs).toEqual({});
      const sizes = ImageFrames[0]?.PixelDataChecksumFromBaseToFullResolution.map(({ Width, Height }) => [
        Width,
        Height,
      ]);
      expect(sizes).toEqual(CHECKED_SIZES);
      expect(ImageFrames[0]?.FrameSizeInBytes).toBe(131_072);
    }
  });

  testOf("2024-05", "importMerges")("makes new image sets when it is repeated", async () => {
    const again = await runJob(
      sandbox.medicalImaging,
      datastoreId,
      `s3://${bucketName("phantom")}/input/ct/`,
      `s3://${bucketName("phantom")}/output/`,
    );
    expect(again.job.jobStatus).toBe("COMPLETED");
    const found = await searchAll(datastoreId);
    expect(found).toHaveLength(2);
    expect(new Set(found.map(({ DICOMTags }) => DICOMTags?.DICOMSeriesInstanceUID)).size).toBe(1);
  });

  test("prevents the deletion of the data store while it has image sets", async () => {
    await expect(sandbox.medicalImaging.send(new DeleteDatastoreCommand({ datastoreId }))).rejects.toThrow(
      ConflictException,
    );
  });
});

describe("an import of a folder", () => {
  test("takes the folder with or without the trailing slash, and no folder whose name only begins alike", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const [file] = createSampleSeries(1);
    const bytes = file?.bytes ?? new Uint8Array();
    await importFiles(sandbox, datastoreId, "folders", {
      "a/1.dcm": bytes,
      "a/b/2.dcm": bytes,
      "a2/3.dcm": bytes,
    });
    const bucket = `s3://${bucketName("folders")}`;
    for (const uri of [`${bucket}/input/a`, `${bucket}/input/a/`]) {
      const { job } = await runJob(sandbox.medicalImaging, datastoreId, uri, `${bucket}/out`);
      const successes = await readLines(sandbox.s3, `${job.outputS3Uri}SUCCESS/success.ndjson`);
      expect(successes).toMatchObject([{ inputFile: "input/a/1.dcm" }, { inputFile: "input/a/b/2.dcm" }]);
      const imageSetIds = successes.map(
        (line) => (line as { importResponse: { imageSetId: string } }).importResponse.imageSetId,
      );
      const expected = inRelease("importMerges", { "2024-05": 2, "2026-06": 1 });
      expect(new Set(imageSetIds).size, "image sets of a SOP instance that comes twice").toBe(expected);
    }
  });

  test("is COMPLETED for an empty folder, with no file scanned and both lists written", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const { job } = await importFiles(sandbox, datastoreId, "empty-folder", {});
    expect(job.jobStatus).toBe("COMPLETED");
    expect(await readText(sandbox.s3, `${job.outputS3Uri}SUCCESS/success.ndjson`)).toBe("");
    expect(await readText(sandbox.s3, `${job.outputS3Uri}FAILURE/failure.ndjson`)).toBe("");
    expect(
      JSON.parse(await readText(sandbox.s3, `${job.outputS3Uri}job-output-manifest.json`)),
    ).toMatchObject({
      jobSummary: { numberOfScannedFiles: 0, numberOfGeneratedImageSets: 0, imageSetsSummary: [] },
    });
  });

  test.each([
    [
      "s3://no-such-bucket/in",
      `s3://${bucketName("empty-folder")}/out`,
      "Input bucket no-such-bucket does not exist",
    ],
    [
      `s3://${bucketName("empty-folder")}/in`,
      "s3://no-such-bucket/out",
      "Output bucket no-such-bucket does not exist",
    ],
  ])("from %s to %s is FAILED and says why", async (input, output, reason) => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const { job } = await runJob(sandbox.medicalImaging, datastoreId, input, output);
    expect(job).toMatchObject({ jobStatus: "FAILED", message: `DICOM import job has failed. ${reason}` });
  });
});
