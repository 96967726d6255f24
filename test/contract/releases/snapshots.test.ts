import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, openServer, type ServerSandbox } from "../../clients.ts";
import { controlled as test, DATA_ACCESS_ROLE_ARN } from "../../elsewhere.ts";
import { importSlices, readDocument, settle } from "../image-sets/image-sets.ts";

let data: string;
let sandbox: ServerSandbox;
let datastoreId: string;
let imageSetId: string;
let jobId: string;
const control = () => sandbox.emulator.control;
const job = (): `importJob/${string}` => `importJob/${jobId}`;
const imageSet = (): `imageSet/${string}` => `imageSet/${imageSetId}`;

/** The second half of a series is IMPORTING into its primary image set, held there. */
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  sandbox = await openServer({ serviceRelease: "2026-06", data });
  const { medicalImaging, s3 } = sandbox;
  datastoreId = await createActiveDatastore(medicalImaging);
  imageSetId = await importSlices(sandbox, datastoreId, "first", 0, 2);
  await s3.send(new CreateBucketCommand({ Bucket: "second" }));
  for (const { name, bytes } of createSampleSeries(4).slice(2))
    await s3.send(new PutObjectCommand({ Bucket: "second", Key: `in/${name}`, Body: bytes }));
  await control().resources.hold(imageSet(), "IMPORTING");
  const started = await medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      inputS3Uri: "s3://second/in",
      outputS3Uri: "s3://second/out",
      dataAccessRoleArn: DATA_ACCESS_ROLE_ARN,
      clientToken: crypto.randomUUID(),
    }),
  );
  jobId = started.jobId ?? "";
  await control().wait(imageSet(), { status: "IMPORTING" });
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

const instanceCount = async (): Promise<number> => {
  const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
  return Object.values(Study.Series).flatMap(({ Instances }) => Object.keys(Instances)).length;
};
const finish = async (): Promise<void> => {
  await control().wait(job(), { status: "COMPLETED" });
  expect(await settle(sandbox, datastoreId, imageSetId)).toMatchObject({
    versionId: "2",
    imageSetWorkflowStatus: "IMPORTED",
    isPrimary: true,
  });
  expect(await instanceCount()).toBe(4);
};

describe("a snapshot while an image set is IMPORTING", () => {
  test("is refused, as while any import job is in progress", async () => {
    await expect(control().snapshots.save("merging")).rejects.toThrow(/1 import job is in progress/);
  });

  test("that is forced has the image set as it was, and the restored job imports into it again", async () => {
    await control().snapshots.save("merging", { force: true });
    await control().resources.release(imageSet());
    await finish();
    const documents = await readFile(join(data, "snapshots/merging/documents.jsonl"), "utf8");
    expect(documents).toContain('"CREATED"');
    expect(documents).not.toContain("IMPORTING");
    await control().snapshots.restore("merging");
    await finish();
  });

  test("that is forced can be exported, and restored by another emulator", async () => {
    await control().snapshots.save("merging", { force: true, buckets: true });
    const bytes = await control().snapshots.export("merging");
    await sandbox[Symbol.asyncDispose]();
    sandbox = await openServer({ serviceRelease: "2026-06" });
    await control().snapshots.import("merging", bytes);
    await control().snapshots.restore("merging");
    await finish();
  });
});
