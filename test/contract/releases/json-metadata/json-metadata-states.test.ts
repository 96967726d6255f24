import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListImageSetVersionsCommand, StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect } from "vitest";
import type { MetadataMapping } from "../../../../src/domain/import-jobs/import-configuration.ts";
import { readLines, type ControlledSandbox } from "../../../clients.ts";
import { controlled as test } from "../../../elsewhere.ts";
import { readDocument } from "../../image-sets/image-sets.ts";
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
} from "../../states/frozen.ts";
import { withConfiguration } from "./import-configuration.ts";

let data: string;
let sandbox: ControlledSandbox;
let datastoreId: string;
let imageSetId: string;
let imageSet: string;
let mappings: readonly MetadataMapping[] = [];
let seen: ReturnType<typeof withConfiguration>;

async function open(): Promise<void> {
  sandbox = await openFrozen({ data, serviceRelease: "2026-06" });
  seen = withConfiguration(sandbox.medicalImaging, () => mappings);
}
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  await open();
  datastoreId = await createActive(sandbox);
  imageSetId = await importImageSet(sandbox, datastoreId, "first");
  imageSet = `imageSet/${imageSetId}`;
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

/** A job of metadata alone. */
async function startJob(): Promise<string> {
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
  const studyInstanceUID = Study.DICOM["StudyInstanceUID"] as string;
  mappings = [{ studyInstanceUID, metadataFilePath: "m.json" }];
  const { s3, medicalImaging } = sandbox;
  await s3.send(new CreateBucketCommand({ Bucket: "metadata" }));
  const Body = JSON.stringify({ "00081030": { vr: "LO", Value: ["enhanced"] } });
  await s3.send(new PutObjectCommand({ Bucket: "metadata", Key: "in/m.json", Body }));
  const { jobId = "" } = await medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      inputS3Uri: "s3://metadata/in",
      outputS3Uri: "s3://metadata/out",
      dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
      clientToken: "metadata",
    }),
  );
  return jobId;
}
const descriptionOf = async (versionId?: string) =>
  (await readDocument(sandbox, datastoreId, imageSetId, versionId)).Study.DICOM["StudyDescription"];
const statuses = async (): Promise<string[]> => {
  const command = new ListImageSetVersionsCommand({ datastoreId, imageSetId });
  const { imageSetPropertiesList = [] } = await sandbox.medicalImaging.send(command);
  return imageSetPropertiesList.map((each) => `${each.versionId} ${each.ImageSetWorkflowStatus}`);
};
const linesOf = async (jobId: string, path: string): Promise<unknown[]> => {
  const { outputS3Uri = "" } = (await getJob(sandbox, datastoreId, jobId)) ?? {};
  return readLines(sandbox.s3, outputS3Uri + path);
};

describe("an image set that JSON metadata change", () => {
  test("is IMPORTING with its old content until the job ends", async () => {
    const before = await descriptionOf();
    const jobId = await startJob();
    await advance(sandbox, "250ms");
    await reach(sandbox, imageSet, "IMPORTING");
    expect(await getImageSet(sandbox, datastoreId, imageSetId)).toMatchObject({
      versionId: "2",
      imageSetState: "LOCKED",
    });
    expect(await descriptionOf()).toBe(before);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["2 IMPORTED", "1 CREATED"]);
    expect([await descriptionOf(), await descriptionOf("1")]).toEqual(["enhanced", before]);
  });

  test("is IMPORT_FAILED where its status is set by hand, and the metadata file is a failure", async () => {
    const before = await descriptionOf();
    await hold(sandbox, imageSet, "IMPORTING");
    const jobId = await startJob();
    await advance(sandbox, "PT1M");
    await push(sandbox, imageSet, "IMPORT_FAILED", { message: "damaged" });
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["2 IMPORT_FAILED", "1 CREATED"]);
    expect(await descriptionOf()).toBe(before);
    expect(await linesOf(jobId, "SUCCESS/success.ndjson")).toEqual([]);
    const message = `The metadata were not merged into image set ${imageSetId}, whose import has failed`;
    expect(await linesOf(jobId, "FAILURE/failure.ndjson")).toMatchObject([{ exception: { message } }]);
  });

  test("is changed again after it was set to another status by hand", async () => {
    await hold(sandbox, imageSet, "IMPORTING");
    const jobId = await startJob();
    await advance(sandbox, "PT1M");
    await push(sandbox, imageSet, "UPDATED", { force: true });
    await release(sandbox, imageSet);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["3 IMPORTED", "2 UPDATED", "1 CREATED"]);
    expect(await descriptionOf()).toBe("enhanced");
    const importResponse = { imageSetId, imageSetVersion: 3, isPrimary: true };
    expect(await linesOf(jobId, "SUCCESS/success.ndjson")).toEqual([
      { inputFile: "in/m.json", importResponse },
    ]);
  });

  test("is waited for while another change has LOCKED it", async () => {
    await push(sandbox, imageSet, "UPDATING");
    await hold(sandbox, imageSet, "UPDATING");
    const jobId = await startJob();
    await advance(sandbox, "P1D");
    expect(await getJob(sandbox, datastoreId, jobId)).toMatchObject({ jobStatus: "IN_PROGRESS" });
    await release(sandbox, imageSet);
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["3 IMPORTED", "2 UPDATED", "1 CREATED"]);
  });
});

describe("the configuration of a job", () => {
  /** A member without a value is null, as in every answer. */
  const configuration = (): object => ({
    dicomJsonMetadataImportConfiguration: {
      dicomMetadataMappings: mappings.map((mapping) => ({ seriesInstanceUID: null, ...mapping })),
    },
  });
  const read = async (jobId: string): Promise<unknown> => {
    await getJob(sandbox, datastoreId, jobId);
    return seen.jobs.at(-1)?.importConfiguration;
  };

  test("survives a stop: the job is done again with it", async () => {
    await hold(sandbox, imageSet, "IMPORTING");
    const jobId = await startJob();
    await advance(sandbox, "PT1M");
    await sandbox[Symbol.asyncDispose]();
    await open();
    expect(await read(jobId)).toEqual(configuration());
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect(await statuses()).toEqual(["2 IMPORTED", "1 CREATED"]);
    expect(await descriptionOf()).toBe("enhanced");
  });

  test("is in a snapshot", async () => {
    const jobId = await startJob();
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    await sandbox.local("PUT", "snapshots/enhanced", {});
    await sandbox.local("POST", "reset", {});
    await sandbox.local("POST", "snapshots/enhanced/restore", {});
    expect(await read(jobId)).toEqual(configuration());
    expect(await descriptionOf()).toBe("enhanced");
  });

  test("is part of what a client token stands for", async () => {
    const jobId = await startJob();
    expect(await startJob().catch((error: unknown) => error)).toBe(jobId);
    mappings = [];
    const again = startJobWithout();
    await expect(again).rejects.toMatchObject({ name: "ConflictException" });
  });

  const startJobWithout = () =>
    sandbox.medicalImaging.send(
      new StartDICOMImportJobCommand({
        datastoreId,
        inputS3Uri: "s3://metadata/in",
        outputS3Uri: "s3://metadata/out",
        dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
        clientToken: "metadata",
      }),
    );
});
