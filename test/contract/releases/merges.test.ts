import {
  GetImageFrameCommand,
  GetImageSetCommand,
  ListImageSetVersionsCommand,
  SearchImageSetsCommand,
  UpdateImageSetMetadataCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import type { ServiceRelease } from "../../../src/index.ts";
import {
  createActiveDatastore,
  importFiles,
  openControlled,
  readLines,
  readText,
  type ControlledSandbox,
} from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { dicomFile, element, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { findImageSets, readDocument, settle } from "../image-sets/image-sets.ts";

const slices = createSampleSeries(4);
const filesOf = (from: number, to: number): Record<string, Uint8Array> =>
  Object.fromEntries(slices.slice(from, to).map(({ name, bytes }) => [name, bytes]));

/** An instance without pixels: its series is that of every other one. */
const fileOf = (uid: string, elements: Readonly<Record<string, readonly [vr: string, value: string]>> = {}) =>
  dicomFile(
    instanceElements(
      element("00080018", "UI", uid),
      element("00100020", "LO", "P1"),
      ...Object.entries(elements).map(([tag, [vr, value]]) => element(tag, vr, value)),
    ),
  );

let sandbox: ControlledSandbox;
let datastoreId: string;
let bucketCount = 0;

const importInto = (files: Readonly<Record<string, Uint8Array | string>>) =>
  importFiles(sandbox, datastoreId, `merges-${bucketCount++}`, files);
const get = (imageSetId: string, versionId?: string) =>
  sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId, versionId }));
const versionsOf = async (imageSetId: string) => {
  const command = new ListImageSetVersionsCommand({ datastoreId, imageSetId });
  const { imageSetPropertiesList = [] } = await sandbox.medicalImaging.send(command);
  return imageSetPropertiesList.map((each) => [each.versionId, each.ImageSetWorkflowStatus, each.isPrimary]);
};
const search = async (isPrimary: boolean): Promise<string[]> => {
  const filters = [{ operator: "EQUAL" as const, values: [{ isPrimary }] }];
  const command = new SearchImageSetsCommand({ datastoreId, searchCriteria: { filters } });
  const { imageSetsMetadataSummaries = [] } = await sandbox.medicalImaging.send(command);
  return imageSetsMetadataSummaries.map(({ imageSetId = "" }) => imageSetId);
};
const instancesOf = async (imageSetId: string, versionId?: string) => {
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId, versionId);
  return Object.values(Study.Series).flatMap(({ Instances }) => Object.entries(Instances));
};
const uidsOf = async (imageSetId: string, versionId?: string) =>
  (await instancesOf(imageSetId, versionId)).map(([uid]) => uid);
const framesOf = async (imageSetId: string, versionId?: string) =>
  (await instancesOf(imageSetId, versionId)).flatMap(([, { ImageFrames }]) =>
    ImageFrames.map(({ ID }) => ID),
  );
const readFrame = async (imageSetId: string, imageFrameId: string): Promise<number> => {
  const imageFrameInformation = { imageFrameId };
  const { imageFrameBlob } = await sandbox.medicalImaging.send(
    new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation }),
  );
  return (await imageFrameBlob?.transformToByteArray())?.length ?? 0;
};

interface Manifest {
  readonly jobSummary: Readonly<Record<string, unknown>>;
}
const reportOf = async ({ job }: Awaited<ReturnType<typeof importInto>>) => {
  const { outputS3Uri = "" } = job;
  const manifest = await readText(sandbox.s3, `${outputS3Uri}job-output-manifest.json`);
  const { jobSummary } = JSON.parse(manifest) as Manifest;
  const read = (path: string) => readLines(sandbox.s3, outputS3Uri + path);
  return {
    summary: jobSummary["imageSetsSummary"],
    successes: await read("SUCCESS/success.ndjson"),
    failures: await read("FAILURE/failure.ndjson"),
    warnings: await read("WARNING/warning.ndjson"),
  };
};

describe.each<[ServiceRelease, { imageSets: number; primaries: number }]>([
  ["2024-05", { imageSets: 2, primaries: 0 }],
  ["2026-06", { imageSets: 1, primaries: 1 }],
])("with release %s", (serviceRelease, expected) => {
  test("two halves of a series are imported as the release does", async () => {
    sandbox = await openControlled({ serviceRelease });
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    await importInto(filesOf(0, 2));
    await importInto(filesOf(2, 4));
    const found = await findImageSets(sandbox, datastoreId);
    expect(found).toHaveLength(expected.imageSets);
    const read = await Promise.all(found.map((imageSetId) => get(imageSetId)));
    expect(read.filter(({ isPrimary }) => isPrimary)).toHaveLength(expected.primaries);
    await sandbox[Symbol.asyncDispose]();
  });
});

describe("with release 2026-06", () => {
  beforeAll(async () => {
    sandbox = await openControlled({ serviceRelease: "2026-06" });
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());
  beforeEach(async () => {
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  });

  test("the first import of a series makes its primary image set", async () => {
    await importInto(filesOf(0, 4));
    const [imageSetId = "", ...others] = await findImageSets(sandbox, datastoreId);
    expect(others).toEqual([]);
    expect(await get(imageSetId)).toMatchObject({
      versionId: "1",
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "CREATED",
      isPrimary: true,
    });
    expect(await search(true)).toEqual([imageSetId]);
    expect(await search(false)).toEqual([]);
  });

  test("a series in two halves is one primary image set of version 2, and a revert to 1 undoes the second half", async () => {
    const first = await reportOf(await importInto(filesOf(0, 2)));
    const [imageSetId = ""] = await findImageSets(sandbox, datastoreId);
    const before = await readDocument(sandbox, datastoreId, imageSetId);
    const second = await reportOf(await importInto(filesOf(2, 4)));
    expect(await findImageSets(sandbox, datastoreId)).toEqual([imageSetId]);
    expect(await versionsOf(imageSetId)).toEqual([
      ["2", "IMPORTED", true],
      ["1", "CREATED", true],
    ]);
    const imported = { imageSetId, isPrimary: true, numberOfMatchedSOPInstances: 2 };
    expect(first.summary).toEqual([{ ...imported, imageSetVersion: 1 }]);
    expect(second.summary).toEqual([{ ...imported, imageSetVersion: 2 }]);
    expect(second.successes).toHaveLength(2);
    expect(second.successes[0]).toMatchObject({
      importResponse: { imageSetId, imageSetVersion: 2, isPrimary: true },
    });
    expect(await uidsOf(imageSetId)).toHaveLength(4);
    expect(await uidsOf(imageSetId, "1")).toHaveLength(2);
    for (const frame of await framesOf(imageSetId))
      expect(await readFrame(imageSetId, frame)).toBeGreaterThan(0);
    const { imageSetsMetadataSummaries: [summary] = [] } = await sandbox.medicalImaging.send(
      new SearchImageSetsCommand({ datastoreId }),
    );
    expect(summary).toMatchObject({
      version: 2,
      isPrimary: true,
      DICOMTags: { DICOMNumberOfStudyRelatedInstances: 4 },
    });
    const updateImageSetMetadataUpdates = { revertToVersionId: "1" };
    await sandbox.medicalImaging.send(
      new UpdateImageSetMetadataCommand({
        datastoreId,
        imageSetId,
        latestVersionId: "2",
        updateImageSetMetadataUpdates,
      }),
    );
    expect(await settle(sandbox, datastoreId, imageSetId)).toMatchObject({
      versionId: "3",
      imageSetWorkflowStatus: "UPDATED",
      isPrimary: true,
    });
    expect(await readDocument(sandbox, datastoreId, imageSetId)).toEqual(before);
  });

  test("the same files again change the version and updatedAt, and nothing else a reader sees", async () => {
    await importInto(filesOf(0, 3));
    const [imageSetId = ""] = await findImageSets(sandbox, datastoreId);
    const [before, document] = [await get(imageSetId), await readDocument(sandbox, datastoreId, imageSetId)];
    const { summary } = await reportOf(await importInto(filesOf(0, 3)));
    const after = await get(imageSetId);
    expect(summary).toEqual([
      { imageSetId, imageSetVersion: 2, isPrimary: true, numberOfMatchedSOPInstances: 3 },
    ]);
    const changing = { $metadata: 0, lastAccessedAt: 0, updatedAt: 0 };
    expect({ ...after, ...changing }).toEqual({
      ...before,
      ...changing,
      versionId: "2",
      imageSetWorkflowStatus: "IMPORTED",
    });
    expect(JSON.stringify(await readDocument(sandbox, datastoreId, imageSetId))).toBe(
      JSON.stringify(document),
    );
    for (const frame of await framesOf(imageSetId))
      expect(await readFrame(imageSetId, frame)).toBeGreaterThan(0);
  });

  test("an instance that comes again with other pixels or elements replaces the one before it", async () => {
    const [{ name, bytes } = { name: "", bytes: new Uint8Array() }] = slices;
    await importInto(filesOf(0, 2));
    const [imageSetId = ""] = await findImageSets(sandbox, datastoreId);
    const before = await framesOf(imageSetId);
    const other = new Uint8Array(bytes);
    other[other.length - 1] = 1;
    await importInto({ [name]: other });
    const after = await framesOf(imageSetId);
    expect(await uidsOf(imageSetId)).toEqual(await uidsOf(imageSetId, "1"));
    expect([after[1], after.length]).toEqual([before[1], 2]);
    expect(after[0]).not.toBe(before[0]);
    for (const frame of [...before, ...after]) expect(await readFrame(imageSetId, frame)).toBeGreaterThan(0);
  });

  test("an instance that a job has twice is there once, as in the file with the later key", async () => {
    const report = await reportOf(
      await importInto({
        "a.dcm": fileOf("1.2.3.1", { "00204000": ["LT", "first"] }),
        "b.dcm": fileOf("1.2.3.1", { "00204000": ["LT", "second"] }),
      }),
    );
    const [imageSetId = "", ...others] = await findImageSets(sandbox, datastoreId);
    expect(others).toEqual([]);
    expect(report.successes).toHaveLength(2);
    expect(report.summary).toMatchObject([{ imageSetId, numberOfMatchedSOPInstances: 1 }]);
    expect((await instancesOf(imageSetId)).map(([, { DICOM }]) => DICOM["ImageComments"])).toEqual([
      "second",
    ]);
  });

  test("a second patient in the series makes an image set that is not primary", async () => {
    await importInto({ "1.dcm": fileOf("1.2.3.1") });
    const [primary = ""] = await findImageSets(sandbox, datastoreId);
    const patient = { "00100020": ["LO", "P2"] } as const;
    const report = await reportOf(
      await importInto({ "2.dcm": fileOf("1.2.3.2"), "3.dcm": fileOf("1.2.3.3", patient) }),
    );
    const [conflicting = ""] = await search(false);
    expect(await search(true)).toEqual([primary]);
    expect(await uidsOf(primary)).toEqual(["1.2.3.1", "1.2.3.2"]);
    expect(await uidsOf(conflicting)).toEqual(["1.2.3.3"]);
    expect(report.summary).toEqual([
      { imageSetId: primary, imageSetVersion: 2, isPrimary: true, numberOfMatchedSOPInstances: 1 },
      { imageSetId: conflicting, imageSetVersion: 1, isPrimary: false, numberOfMatchedSOPInstances: 1 },
    ]);
  });

  test("a series number counts as a number, in one job and in several", async () => {
    const numbered = (uid: string, number: string) => fileOf(uid, { "00200011": ["IS", number] });
    await importInto({ "1.dcm": numbered("1.2.3.1", "7"), "2.dcm": numbered("1.2.3.2", "007") });
    await importInto({ "3.dcm": numbered("1.2.3.3", "+7") });
    const [imageSetId = "", ...others] = await findImageSets(sandbox, datastoreId);
    expect(others).toEqual([]);
    expect(await uidsOf(imageSetId)).toEqual(["1.2.3.1", "1.2.3.2", "1.2.3.3"]);
  });

  test("of two patients in one series and job, the first file's group is primary", async () => {
    await importInto({
      "1.dcm": fileOf("1.2.3.9", { "00100020": ["LO", "P9"] }),
      "2.dcm": fileOf("1.2.3.1"),
      "3.dcm": fileOf("1.2.3.2"),
    });
    const [primary = ""] = await search(true);
    const [other = ""] = await search(false);
    expect([await uidsOf(primary), await uidsOf(other)]).toEqual([["1.2.3.9"], ["1.2.3.1", "1.2.3.2"]]);
  });

  test("elements besides the seven stay those of the image set, and the file has a warning", async () => {
    const { warnings } = await reportOf(
      await importInto({
        "1.dcm": fileOf("1.2.3.1", { "00081030": ["LO", "Knee"] }),
        "2.dcm": fileOf("1.2.3.2", { "00081030": ["LO", "Elbow"] }),
      }),
    );
    const [imageSetId = ""] = await search(true);
    const later = await reportOf(
      await importInto({
        "3.dcm": fileOf("1.2.3.3", { "00081030": ["LO", "Hip"] }),
        "4.dcm": fileOf("1.2.3.4", { "00081030": ["LO", "Knee"] }),
      }),
    );
    const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
    expect(Study.DICOM["StudyDescription"]).toBe("Knee");
    const reasons = (await instancesOf(imageSetId)).map(([, { DICOM }]) => DICOM["WarningReason"]);
    expect(reasons).toEqual([undefined, 45056, 45056, undefined]);
    const message =
      "The file was imported but elements differ from those of its image set, which were kept: StudyDescription";
    const coerced = { warning_reason_code: 45056, type: "CoercionOfDataElements", message };
    expect([warnings, later.warnings]).toMatchObject([
      [{ inputFile: "input/2.dcm", importResponse: { imageSetVersion: 1, warnings: [coerced] } }],
      [{ inputFile: "input/3.dcm", importResponse: { imageSetVersion: 2, warnings: [coerced] } }],
    ]);
  });

  test("jobs that write to one series at the same time lose nothing and double nothing", async () => {
    const jobs = await Promise.all(
      slices.flatMap(({ name, bytes }) => [importInto({ [name]: bytes }), importInto({ [name]: bytes })]),
    );
    expect(jobs.map(({ job }) => job.jobStatus)).toEqual(jobs.map(() => "COMPLETED"));
    const [imageSetId = "", ...others] = await findImageSets(sandbox, datastoreId);
    expect(others).toEqual([]);
    expect(await get(imageSetId)).toMatchObject({ versionId: "8", isPrimary: true });
    expect(new Set(await uidsOf(imageSetId)).size).toBe(4);
    expect(await uidsOf(imageSetId)).toHaveLength(4);
    const versions = await Promise.all(
      jobs.map(async (job) => (await reportOf(job)).summary as { imageSetVersion: number }[]),
    );
    expect(versions.map(([one]) => one?.imageSetVersion).toSorted((a = 0, b = 0) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });
});
