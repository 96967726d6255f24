import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  ConflictException,
  DeleteDatastoreCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  ListImageSetVersionsCommand,
  paginateSearchImageSets,
  SearchImageSetsCommand,
  type ImageSetsMetadataSummary,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPhantomSeries } from "../../src/client/phantom.ts";
import type {
  ImageFrameDocument,
  InstanceDocument,
  MetadataDocument,
} from "../../src/domain/metadata-document.ts";
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
import { corpus, goldenChecksums } from "../corpus.ts";
import { firstResolutions, isJudgeThere, judge, JUDGE } from "../judge.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  // Long enough for a polling client on a busy machine to see every state.
  sandbox = await openSandbox({ durations: { jobSubmittedMs: 700, jobInProgressMs: 700 } });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

async function readMetadata(datastoreId: string, imageSetId: string): Promise<MetadataDocument> {
  const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId });
  const { imageSetMetadataBlob, contentType, contentEncoding } = await sandbox.medicalImaging.send(command);
  expect([contentType, contentEncoding]).toEqual(["application/json", "gzip"]);
  return JSON.parse(
    gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString(),
  ) as MetadataDocument;
}

async function readFrame(datastoreId: string, imageSetId: string, imageFrameId: string): Promise<Uint8Array> {
  const command = new GetImageFrameCommand({
    datastoreId,
    imageSetId,
    imageFrameInformation: { imageFrameId },
  });
  const { imageFrameBlob, contentType } = await sandbox.medicalImaging.send(command);
  expect(contentType).toBe("application/octet-stream");
  return (await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array();
}

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

const instancesOf = ({ Study }: MetadataDocument): [string, InstanceDocument][] =>
  Object.values(Study.Series).flatMap(({ Instances }) => Object.entries(Instances));

describe("an import of a generated series with files that are no DICOM", () => {
  const series = createPhantomSeries(3);
  let datastoreId: string;
  let finished: FinishedImport;
  beforeAll(async () => {
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const whole = series[0]?.bytes ?? new Uint8Array();
    finished = await importFiles(sandbox, datastoreId, "phantom", {
      ...Object.fromEntries(series.map(({ name, bytes }) => [`ct/${name}`, bytes])),
      "notes.txt": "This is no DICOM file.",
      "empty.dcm": new Uint8Array(),
      "truncated.dcm": whole.slice(0, whole.length - 1_000),
    });
  });

  test("is SUBMITTED, IN_PROGRESS, COMPLETED, visibly", () => {
    expect(finished.statuses).toEqual(["SUBMITTED", "IN_PROGRESS", "COMPLETED"]);
    const { job } = finished;
    expect(job).toMatchObject({
      datastoreId,
      inputS3Uri: "s3://phantom/input/",
      outputS3Uri: `s3://phantom/output/${datastoreId}-DicomImport-${job.jobId}/`,
    });
    expect(job.endedAt?.getTime()).toBeGreaterThan(job.submittedAt?.getTime() ?? Infinity);
  });

  test("writes a manifest that adds up", async () => {
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
        numberOfScannedFiles: 6,
        numberOfImportedFiles: 3,
        numberOfFilesWithCustomerError: 3,
        numberOfFilesWithServerError: 0,
        numberOfGeneratedImageSets: 1,
        imageSetsSummary: [{ imageSetId, numberOfMatchedSOPInstances: 3 }],
      },
    });
  });

  test("names each file once, as a success or a failure, by its key in the bucket", async () => {
    const { outputS3Uri } = finished.job;
    const [{ imageSetId } = {}] = await searchAll(datastoreId);
    expect(await readLines(sandbox.s3, `${outputS3Uri}SUCCESS/success.ndjson`)).toEqual(
      series.map(({ name }) => ({ inputFile: `input/ct/${name}`, importResponse: { imageSetId } })),
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

  test("makes one image set, found by search and by id", async () => {
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

  test("is searched EQUAL to its own times, as the SDK sends them back", async () => {
    const [{ createdAt, updatedAt } = {}] = await searchAll(datastoreId);
    for (const value of [{ createdAt }, { updatedAt }]) {
      const searchCriteria = {
        filters: [{ operator: "EQUAL" as const, values: [value as { createdAt: Date }] }],
      };
      const command = new SearchImageSetsCommand({ datastoreId, searchCriteria });
      expect((await sandbox.medicalImaging.send(command)).imageSetsMetadataSummaries).toHaveLength(1);
    }
  });

  test("has one version, never touched", async () => {
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
  ])("is searched EQUAL to %j: %d found", async (value, count) => {
    const searchCriteria = {
      filters: [{ operator: "EQUAL" as const, values: [value as { DICOMStudyId: string }] }],
    };
    const { imageSetsMetadataSummaries } = await sandbox.medicalImaging.send(
      new SearchImageSetsCommand({ datastoreId, searchCriteria }),
    );
    expect(imageSetsMetadataSummaries).toHaveLength(count);
  });

  test("describes each instance and its frame", async () => {
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
      expect(sizes).toEqual([
        [128, 128],
        [256, 256],
      ]);
      expect(ImageFrames[0]?.FrameSizeInBytes).toBe(131_072);
    }
  });

  test("makes new image sets when it is done again", async () => {
    const again = await runJob(
      sandbox.medicalImaging,
      datastoreId,
      "s3://phantom/input/ct/",
      "s3://phantom/output/",
    );
    expect(again.job.jobStatus).toBe("COMPLETED");
    const found = await searchAll(datastoreId);
    expect(found).toHaveLength(2);
    expect(new Set(found.map(({ DICOMTags }) => DICOMTags?.DICOMSeriesInstanceUID)).size).toBe(1);
  });

  test("holds the data store: it cannot be deleted while it has image sets", async () => {
    await expect(sandbox.medicalImaging.send(new DeleteDatastoreCommand({ datastoreId }))).rejects.toThrow(
      ConflictException,
    );
  });
});

describe("an import with folder semantics", () => {
  test("takes a folder with or without its slash, and not its neighbour", async () => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const [file] = createPhantomSeries(1);
    const bytes = file?.bytes ?? new Uint8Array();
    await importFiles(sandbox, datastoreId, "folders", {
      "a/1.dcm": bytes,
      "a/b/2.dcm": bytes,
      "a2/3.dcm": bytes,
    });
    for (const uri of ["s3://folders/input/a", "s3://folders/input/a/"]) {
      const { job } = await runJob(sandbox.medicalImaging, datastoreId, uri, "s3://folders/out");
      const successes = await readLines(sandbox.s3, `${job.outputS3Uri}SUCCESS/success.ndjson`);
      expect(successes).toMatchObject([{ inputFile: "input/a/1.dcm" }, { inputFile: "input/a/b/2.dcm" }]);
      const imageSetIds = successes.map(
        (line) => (line as { importResponse: { imageSetId: string } }).importResponse.imageSetId,
      );
      expect(new Set(imageSetIds).size, "a SOP instance that comes twice is kept twice").toBe(2);
    }
  });

  test("of an empty folder is COMPLETED with nothing scanned, and both lists there", async () => {
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
    ["s3://no-such-bucket/in", "s3://empty-folder/out", "Input bucket no-such-bucket does not exist"],
    ["s3://empty-folder/in", "s3://no-such-bucket/out", "Output bucket no-such-bucket does not exist"],
  ])("from %s to %s is FAILED and says why", async (input, output, reason) => {
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const { job } = await runJob(sandbox.medicalImaging, datastoreId, input, output);
    expect(job).toMatchObject({ jobStatus: "FAILED", message: `DICOM import job has failed. ${reason}` });
  });
});

describe.skipIf(corpus === undefined)("an import of the real DICOM files", () => {
  const files = corpus?.files ?? [];
  let datastoreId: string;
  let outputS3Uri: string;
  const imageSetIds = new Map<string, string>();
  const failures = new Map<string, string>();
  beforeAll(async () => {
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const bodies = files.map(({ path }) => [path, readFileSync(join(corpus?.folder ?? "", path))]);
    const { job } = await importFiles(
      sandbox,
      datastoreId,
      "corpus",
      Object.fromEntries(bodies) as Record<string, Uint8Array>,
    );
    ({ outputS3Uri = "" } = job);
    expect(job.jobStatus).toBe("COMPLETED");
    for (const line of await readLines(sandbox.s3, `${outputS3Uri}SUCCESS/success.ndjson`)) {
      const { inputFile, importResponse } = line as {
        inputFile: string;
        importResponse: { imageSetId: string };
      };
      imageSetIds.set(inputFile.replace("input/", ""), importResponse.imageSetId);
    }
    for (const line of await readLines(sandbox.s3, `${outputS3Uri}FAILURE/failure.ndjson`)) {
      const { inputFile, exception } = line as {
        inputFile: string;
        exception: { exceptionType: string; message: string };
      };
      expect(exception).toEqual({
        exceptionType: "ValidationException",
        message: expect.stringMatching(/^[\w -:`]{1,2048}$/),
      });
      failures.set(inputFile.replace("input/", ""), exception.message);
    }
  });

  test("has every file in exactly one of the two lists", () => {
    expect([...imageSetIds.keys(), ...failures.keys()].toSorted()).toEqual(
      files.map(({ path }) => path).toSorted(),
    );
  });

  test("imports and fails what golden.json says", () => {
    const wanted = (seed: string) =>
      files.filter((file) => file.expect.seed === seed).map(({ path }) => path);
    expect([...imageSetIds.keys()].toSorted()).toEqual(wanted("success").toSorted());
    expect([...failures.keys()].toSorted()).toEqual([...wanted("fail"), ...wanted("either")].toSorted());
  });

  test.each([
    ["native/rtdose-32bit-15frames.dcm", /^BitsAllocated 32 is not supported/],
    [
      "native/seg-1bit-3frames.dcm",
      /^Binary segmentation .BitsAllocated 1. is not supported by the service$/,
    ],
    ["bigendian/seg-1bit.dcm", /^Binary segmentation/],
    ["float/parametric-map-float.dcm", /^DICOM attribute FloatPixelData is not supported$/],
    ["broken/corrupt-j2k.dcm", /^JPEG 2000: /],
    ["broken/frame-count-mismatch-j2k.dcm", /expected 12 frames, got 10/],
    ["broken/frame-count-mismatch-native.dcm", /expected 98304 bytes/],
    ["broken/unsupported-ts-4.53.dcm", /1.2.840.10008.1.2.4.53 is not supported by the service$/],
    ["broken/no-sop-class-uid.dcm", /^DICOM attribute SOPClassUID does not exist$/],
    ["broken/meta-without-transfer-syntax.dcm", /^DICOM attribute TransferSyntaxUID does not exist$/],
    ["broken/text-file.dcm", /^DICOM attributes does not exist$/],
  ])("%s fails with its reason", (path, reason) => {
    expect(failures.get(path)).toMatch(reason);
  });

  const imaged = files.filter((file) => file.expect.seed === "success" && file.frames.length > 0);
  test.each(imaged.map((file) => [file.path, file] as const))(
    "%s: the metadata agrees with the golden file",
    async (path, golden) => {
      const metadata = await readMetadata(datastoreId, imageSetIds.get(path) ?? "");
      const found = instancesOf(metadata).find(([uid]) => uid === golden.sopInstanceUID);
      const frames = found?.[1].ImageFrames ?? [];
      expect(found?.[1].DICOM).toMatchObject({
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
        expect(goldenChecksums(expected)).toContain(Checksum);
        if (expected.lossy) continue;
        expect(frame).toMatchObject({
          MinPixelValue: expected.min,
          MaxPixelValue: expected.max,
          FrameSizeInBytes: expected.bytes,
        });
      }
    },
  );

  test.skipIf(!isJudgeThere).each(imaged.map((file) => [file.path, file] as const))(
    `%s: ${JUDGE} decodes every frame, at every resolution, to the checksums`,
    async (path, golden) => {
      const imageSetId = imageSetIds.get(path) ?? "";
      const found = instancesOf(await readMetadata(datastoreId, imageSetId)).find(
        ([uid]) => uid === golden.sopInstanceUID,
      );
      const frames = found?.[1].ImageFrames ?? [];
      expect(frames).toHaveLength(golden.frames.length);
      for (const [index, { ID, PixelDataChecksumFromBaseToFullResolution: levels }] of frames.entries()) {
        const codestream = await readFrame(datastoreId, imageSetId, ID);
        const expected = golden.frames[index] ?? { bytes: 0, crc32: 0, min: 0, max: 0 };
        const bitsAllocated = golden.bitsAllocated ?? 0;
        const judged = await Promise.all(
          levels.map((_, level) =>
            judge(codestream, { bitsAllocated, reduction: levels.length - 1 - level }),
          ),
        );
        expect(judged).toEqual(
          levels.map(({ Width, Height, Checksum }) => ({ width: Width, height: Height, checksum: Checksum })),
        );
        expect(goldenChecksums(expected)).toContain(judged.at(-1)?.checksum);
      }
    },
  );

  const layered = imaged.filter((file) => Math.min(file.rows ?? 0, file.columns ?? 0) >= 200);
  test.skipIf(!isJudgeThere).each(layered.map((file) => [file.path, file] as const))(
    `%s: ${JUDGE} decodes each resolution from the first bytes that TLM names`,
    async (path, golden) => {
      const imageSetId = imageSetIds.get(path) ?? "";
      const found = instancesOf(await readMetadata(datastoreId, imageSetId)).find(
        ([uid]) => uid === golden.sopInstanceUID,
      );
      const [frame] = found?.[1].ImageFrames ?? [];
      const levels = frame?.PixelDataChecksumFromBaseToFullResolution ?? [];
      const codestream = await readFrame(datastoreId, imageSetId, frame?.ID ?? "");
      expect(levels.length).toBeGreaterThan(1);
      for (const [level, { Width, Height, Checksum }] of levels.entries()) {
        const reduction = levels.length - 1 - level;
        const bytes = firstResolutions(codestream, reduction);
        if (reduction > 0) expect(bytes.length).toBeLessThan(codestream.length);
        const judged = await judge(bytes, { bitsAllocated: golden.bitsAllocated ?? 0, reduction });
        expect(judged).toEqual({ width: Width, height: Height, checksum: Checksum });
      }
    },
  );
});
