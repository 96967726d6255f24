import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyImageSetCommand,
  DeleteImageSetCommand,
  GetImageSetCommand,
  ListImageSetVersionsCommand,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect } from "vitest";
import type { ComposeOptions } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { readLines, type ControlledSandbox } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { findImageSets, readDocument, updateCommand } from "../image-sets/image-sets.ts";
import {
  advance,
  createActive,
  getImageSet,
  getJob,
  hold,
  importImageSet,
  openFrozen,
  push,
  reach,
  release,
  startImport,
} from "../states/frozen.ts";

let data: string;
let sandbox: ControlledSandbox;
let datastoreId: string;
let imageSetId: string;
let imageSet: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  sandbox = await open();
  datastoreId = await createActive(sandbox);
  imageSetId = await importImageSet(sandbox, datastoreId, "first");
  imageSet = `imageSet/${imageSetId}`;
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

const open = (options: ComposeOptions = {}) => openFrozen({ data, serviceRelease: "2026-06", ...options });
/** Three slices, one of which the image set has. */
const startSecond = (bucket = "second") => startImport(sandbox, datastoreId, bucket, 3);
/** Two slices that the image set does not have. */
const startOthers = (): Promise<string> => startFiles(createSampleSeries(3).slice(1));
/** A slice that belongs to the image set, and one of another patient. */
const startOtherPatient = (): Promise<string> =>
  startFiles(
    createSampleSeries(2).map(({ name, bytes }, index) => ({
      name,
      bytes: index === 0 ? bytes : ofOtherPatient(bytes),
    })),
  );
const ofOtherPatient = (bytes: Uint8Array): Buffer =>
  Buffer.from(Buffer.from(bytes).toString("latin1").replace("PHANTOM-1", "PHANTOM-2"), "latin1");
async function startFiles(files: readonly { name: string; bytes: Uint8Array }[]): Promise<string> {
  const { s3, medicalImaging } = sandbox;
  await s3.send(new CreateBucketCommand({ Bucket: "others" }));
  for (const { name, bytes } of files)
    await s3.send(new PutObjectCommand({ Bucket: "others", Key: `in/${name}`, Body: bytes }));
  const { jobId = "" } = await medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      inputS3Uri: "s3://others/in",
      outputS3Uri: "s3://others/out",
      dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
      clientToken: "others",
    }),
  );
  return jobId;
}
const read = () => getImageSet(sandbox, datastoreId, imageSetId);
const instanceCount = async (versionId?: string): Promise<number> => {
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId, versionId);
  return Object.values(Study.Series).flatMap(({ Instances }) => Object.keys(Instances)).length;
};
const statuses = async (): Promise<string[]> => {
  const command = new ListImageSetVersionsCommand({ datastoreId, imageSetId });
  const { imageSetPropertiesList = [] } = await sandbox.medicalImaging.send(command);
  return imageSetPropertiesList.map((each) => `${each.versionId} ${each.ImageSetWorkflowStatus}`);
};
const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(join(data, "datastores", datastoreId, folder), { recursive: true })).toSorted();
/** Frames on the disk; files of the image set that its document does not name. */
const framesOnDisk = async (): Promise<number> => (await filesBelow("frames")).length;
const failuresOf = async (jobId: string): Promise<unknown[]> => {
  const { outputS3Uri = "" } = (await getJob(sandbox, datastoreId, jobId)) ?? {};
  return readLines(sandbox.s3, `${outputS3Uri}FAILURE/failure.ndjson`);
};

describe("an image set that a job adds to", () => {
  test("is IMPORTING with a new version until the job ends, and has its old content", async () => {
    const jobId = await startSecond();
    await advance(sandbox, "250ms");
    await reach(sandbox, imageSet, "IMPORTING");
    expect(await read()).toMatchObject({ versionId: "2", imageSetState: "LOCKED", isPrimary: true });
    expect(await instanceCount()).toBe(1);
    const update = updateCommand(datastoreId, imageSetId, "2", { updatable: { SchemaVersion: 1.1 } });
    await expect(sandbox.medicalImaging.send(update)).rejects.toMatchObject({ name: "ConflictException" });
    const { fired = [] } = await advance(sandbox, "PT1M");
    expect(fired.map(({ resource, from, to }) => [resource, from, to])).toEqual([
      [imageSet, "LOCKED/IMPORTING", "ACTIVE/IMPORTED"],
      [`importJob/${jobId}`, "IN_PROGRESS", "COMPLETED"],
    ]);
    expect(await instanceCount()).toBe(3);
    expect(await statuses()).toEqual(["2 IMPORTED", "1 CREATED"]);
    expect(await framesOnDisk()).toBe(4);
  });

  test("is IMPORTING while it is held, and so the job is IN_PROGRESS", async () => {
    await hold(sandbox, imageSet, "IMPORTING");
    const jobId = await startSecond();
    await advance(sandbox, "P1D");
    expect(await read()).toMatchObject({ imageSetWorkflowStatus: "IMPORTING" });
    expect(await getJob(sandbox, datastoreId, jobId)).toMatchObject({ jobStatus: "IN_PROGRESS" });
    await release(sandbox, imageSet);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await read()).toMatchObject({ imageSetWorkflowStatus: "IMPORTED" });
  });

  test("is IMPORT_FAILED where its status is set by hand, and its files are failures", async () => {
    await hold(sandbox, imageSet, "IMPORTING");
    const jobId = await startSecond();
    await advance(sandbox, "PT1M");
    await push(sandbox, imageSet, "IMPORT_FAILED", { message: "damaged" });
    expect(await read()).toMatchObject({ imageSetWorkflowStatus: "IMPORT_FAILED", message: "damaged" });
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["2 IMPORT_FAILED", "1 CREATED"]);
    expect([await instanceCount(), await framesOnDisk()]).toEqual([1, 1]);
    expect(await failuresOf(jobId)).toHaveLength(3);
    expect(await failuresOf(jobId)).toMatchObject([
      { exception: { message: expect.stringContaining("damaged") as string } },
      {},
      {},
    ]);
    await release(sandbox, imageSet);
    await importImageSet(sandbox, datastoreId, "third");
    expect(await statuses()).toEqual(["3 IMPORTED", "2 IMPORT_FAILED", "1 CREATED"]);
  });

  test("can be set to IMPORT_FAILED while only the job is held", async () => {
    const jobId = await startSecond();
    await hold(sandbox, `importJob/${jobId}`, "IN_PROGRESS");
    await advance(sandbox, "PT1M");
    await push(sandbox, imageSet, "IMPORT_FAILED", { message: "damaged" });
    await release(sandbox, `importJob/${jobId}`);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["2 IMPORT_FAILED", "1 CREATED"]);
    expect(await failuresOf(jobId)).toHaveLength(3);
    expect([await instanceCount(), await framesOnDisk()]).toEqual([1, 1]);
  });

  test("is merged into again after it was set to another status by hand", async () => {
    await hold(sandbox, imageSet, "IMPORTING");
    const jobId = await startSecond();
    await advance(sandbox, "PT1M");
    await push(sandbox, imageSet, "UPDATED", { force: true });
    await release(sandbox, imageSet);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["3 IMPORTED", "2 UPDATED", "1 CREATED"]);
    expect(await instanceCount()).toBe(3);
    expect(await failuresOf(jobId)).toEqual([]);
  });

  test("is merged into again after that by a job that makes another image set too", async () => {
    await hold(sandbox, imageSet, "IMPORTING");
    const jobId = await startOtherPatient();
    await advance(sandbox, "PT1M");
    await push(sandbox, imageSet, "UPDATED", { force: true });
    await release(sandbox, imageSet);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    const [made = "", ...others] = (await findImageSets(sandbox, datastoreId)).filter(
      (found) => found !== imageSetId,
    );
    expect(others).toEqual([]);
    const { Patient } = await readDocument(sandbox, datastoreId, made);
    expect(Patient.DICOM).toMatchObject({ PatientID: "PHANTOM-2" });
    expect(await filesBelow(`image-sets/${made}`)).toEqual(["image-set.json", "metadata-1.json"]);
  });

  test("has been accessed by that", async () => {
    const tier = async () => {
      const command = new GetImageSetCommand({ datastoreId, imageSetId });
      return (await sandbox.medicalImaging.send(command)).storageTier;
    };
    await readDocument(sandbox, datastoreId, imageSetId);
    await advance(sandbox, "P31D");
    expect(await tier()).toBe("ARCHIVE_INSTANT_ACCESS");
    const jobId = await startSecond();
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await tier()).toBe("FREQUENT_ACCESS");
  });

  test("is waited for while another change has LOCKED it", async () => {
    await push(sandbox, imageSet, "UPDATING");
    await hold(sandbox, imageSet, "UPDATING");
    const jobId = await startSecond();
    await advance(sandbox, "P1D");
    expect(await getJob(sandbox, datastoreId, jobId)).toMatchObject({ jobStatus: "IN_PROGRESS" });
    await release(sandbox, imageSet);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["3 IMPORTED", "2 UPDATED", "1 CREATED"]);
  });
});

describe("a job that merges and", () => {
  beforeEach(() => hold(sandbox, imageSet, "IMPORTING"));

  test("fails by hand leaves IMPORT_FAILED and the old content", async () => {
    const jobId = await startSecond();
    await advance(sandbox, "PT1M");
    await push(sandbox, `importJob/${jobId}`, "FAILED", { message: "broken" });
    expect(await read()).toMatchObject({ imageSetWorkflowStatus: "IMPORT_FAILED", message: "broken" });
    expect([await instanceCount(), await framesOnDisk()]).toEqual([1, 1]);
    expect(await filesBelow(`image-sets/${imageSetId}`)).toEqual(["image-set.json", "metadata-1.json"]);
    await release(sandbox, imageSet);
    await importImageSet(sandbox, datastoreId, "third");
    expect(await statuses()).toEqual(["3 IMPORTED", "2 IMPORT_FAILED", "1 CREATED"]);
  });

  test("fails although its document cannot be removed lets other jobs into the series", async () => {
    const jobId = await startSecond();
    await advance(sandbox, "PT1M");
    const document = join(data, "datastores", datastoreId, "image-sets", imageSetId, "metadata-2.json");
    await rm(document);
    await mkdir(document);
    await push(sandbox, `importJob/${jobId}`, "FAILED", { message: "broken" });
    expect([await instanceCount(), await framesOnDisk()]).toEqual([1, 1]);
    await release(sandbox, imageSet);
    const third = await startSecond("third");
    await advance(sandbox, "PT1M");
    expect(await getJob(sandbox, datastoreId, third)).toMatchObject({ jobStatus: "COMPLETED" });
    expect(await statuses()).toEqual(["3 IMPORTED", "2 IMPORT_FAILED", "1 CREATED"]);
  });

  test("starts again by hand begins from the version before", async () => {
    const jobId = await startSecond();
    await advance(sandbox, "PT1M");
    await push(sandbox, `importJob/${jobId}`, "SUBMITTED", { force: true });
    expect(await statuses()).toEqual(["1 CREATED"]);
    await release(sandbox, imageSet);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["2 IMPORTED", "1 CREATED"]);
    expect([await instanceCount(), await framesOnDisk()]).toEqual([3, 4]);
  });

  test("is interrupted by a stop is done again after it", async () => {
    const jobId = await startSecond();
    await advance(sandbox, "PT1M");
    await sandbox[Symbol.asyncDispose]();
    sandbox = await open();
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["2 IMPORTED", "1 CREATED"]);
    expect([await instanceCount(), await framesOnDisk()]).toEqual([3, 4]);
  });

  test("is reset leaves nothing", async () => {
    await startSecond();
    await advance(sandbox, "PT1M");
    await sandbox.local("POST", "reset", {});
    await sandbox.local("POST", "clock", { action: "freeze" });
    const again = await createActive(sandbox);
    expect(await findImageSets(sandbox, again)).toEqual([]);
  });

  test("lets no other job into the series before its end", async () => {
    const jobIds = [await startSecond(), await startSecond("third")];
    await advance(sandbox, "P1D");
    for (const jobId of jobIds)
      expect(await getJob(sandbox, datastoreId, jobId)).toMatchObject({ jobStatus: "IN_PROGRESS" });
    expect(await statuses()).toEqual(["2 IMPORTING", "1 CREATED"]);
    await release(sandbox, imageSet);
    for (const jobId of jobIds) await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["3 IMPORTED", "2 IMPORTED", "1 CREATED"]);
    expect(await instanceCount()).toBe(3);
  });
});

test("a job whose series gets a primary image set before it ends merges into that one", async () => {
  const copy = async (promoteToPrimary: boolean): Promise<string> => {
    const { destinationImageSetProperties } = await sandbox.medicalImaging.send(
      new CopyImageSetCommand({
        datastoreId,
        sourceImageSetId: imageSetId,
        promoteToPrimary,
        copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
      }),
    );
    const copied = destinationImageSetProperties?.imageSetId ?? "";
    await reach(sandbox, `imageSet/${copied}`, "COPIED");
    return copied;
  };
  const plain = await copy(false);
  await sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
  await reach(sandbox, imageSet, "DELETED");
  await hold(sandbox, "importJob/*", "IN_PROGRESS");
  const jobId = await startSecond();
  await advance(sandbox, "PT1M");
  imageSetId = plain;
  imageSetId = await copy(true);
  await release(sandbox, "importJob/*");
  await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
  expect((await findImageSets(sandbox, datastoreId)).toSorted()).toEqual([plain, imageSetId].toSorted());
  expect(await statuses()).toEqual(["2 IMPORTED", "1 COPIED"]);
  expect(await instanceCount()).toBe(3);
  const { isPrimary } = await sandbox.medicalImaging.send(
    new GetImageSetCommand({ datastoreId, imageSetId }),
  );
  expect(isPrimary).toBe(true);
});

test("a merge that would have too much metadata is IMPORT_FAILED, and its files are failures", async () => {
  await sandbox[Symbol.asyncDispose]();
  sandbox = await open({
    quotas: { "Maximum ImageSetMetadata size per import, copy and UpdateImageSet": 0.003 },
  });
  const jobId = await startOthers();
  await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
  expect(await statuses()).toEqual(["2 IMPORT_FAILED", "1 CREATED"]);
  expect((await read()).message).toMatch(/^INVALID_REQUEST: {2}The metadata would have \d+ bytes, at most /);
  expect(await failuresOf(jobId)).toMatchObject([
    { exception: { exceptionType: "ValidationException" } },
    { exception: { message: expect.stringContaining("The metadata would have") as string } },
  ]);
  expect([await instanceCount(), await framesOnDisk()]).toEqual([1, 1]);
});
