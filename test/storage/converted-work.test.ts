import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetDICOMImportJobCommand, StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect } from "vitest";
import { convertFolder } from "../../src/storage/convert-folder.ts";
import type { ComposeOptions } from "../../src/index.ts";
import { createActiveDatastore, openControlled, type ControlledSandbox } from "../clients.ts";
import { controlled as test, DATA_ACCESS_ROLE_ARN } from "../elsewhere.ts";
import { sampleSeriesOf } from "../setup/sample-series-of.ts";
import { until } from "../until.ts";
import {
  findImageSets,
  importSlices,
  readDocument,
  settle,
  updateCommand,
} from "../contract/image-sets/image-sets.ts";

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const LONG = 3_600_000;

let data: string;
let sandbox: ControlledSandbox;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

async function open(options: ComposeOptions): Promise<void> {
  sandbox = await openControlled({ data, ...options });
}

/** Starts an import of slices of the series into which `importSlices` imports first. */
async function startImport(datastoreId: string, from: number, to: number): Promise<string> {
  const { medicalImaging, s3 } = sandbox;
  await s3.send(new CreateBucketCommand({ Bucket: "rest" }));
  for (const { name, bytes } of sampleSeriesOf(0, 4).slice(from, to))
    await s3.send(new PutObjectCommand({ Bucket: "rest", Key: `in/${name}`, Body: bytes }));
  const { jobId = "" } = await medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      inputS3Uri: "s3://rest/in",
      outputS3Uri: "s3://rest/out",
      dataAccessRoleArn: DATA_ACCESS_ROLE_ARN,
      clientToken: crypto.randomUUID(),
    }),
  );
  return jobId;
}

test("an import job that runs when a folder is converted merges into the primary image set", async () => {
  await open({ serviceRelease: "2024-05" });
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const imageSetId = await importSlices(sandbox, datastoreId, "first", 0, 2);
  await sandbox[Symbol.asyncDispose]();
  await open({ serviceRelease: "2024-05", durations: { jobInProgressMs: LONG } });
  const jobId = await startImport(datastoreId, 2, 4);
  await sandbox[Symbol.asyncDispose]();

  expect(await convertFolder(data, SILENT)).toMatchObject({ imageSets: 1, primaryImageSets: 1 });
  await open({ serviceRelease: "2026-06" });
  await until(
    async () =>
      (await sandbox.medicalImaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId }))).jobProperties
        ?.jobStatus,
    (status) => status === "COMPLETED",
  );
  expect(await findImageSets(sandbox, datastoreId)).toEqual([imageSetId]);
  expect(await settle(sandbox, datastoreId, imageSetId)).toMatchObject({
    versionId: "2",
    imageSetWorkflowStatus: "IMPORTED",
    isPrimary: true,
  });
});

test("an update that runs when a folder is converted ends as it would have", async () => {
  await open({ serviceRelease: "2024-05", durations: { imageSetUpdatingMs: LONG } });
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const imageSetId = await importSlices(sandbox, datastoreId, "updated", 0, 1);
  const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientSex: "F" } } };
  await sandbox.medicalImaging.send(updateCommand(datastoreId, imageSetId, "1", { updatable }));
  await sandbox[Symbol.asyncDispose]();

  await convertFolder(data, SILENT);
  await open({ serviceRelease: "2026-06" });
  expect(await settle(sandbox, datastoreId, imageSetId)).toMatchObject({
    versionId: "2",
    imageSetWorkflowStatus: "UPDATED",
    isPrimary: true,
  });
  expect((await readDocument(sandbox, datastoreId, imageSetId)).Patient.DICOM["PatientSex"]).toBe("F");
});
