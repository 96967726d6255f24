import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  CopyImageSetCommand,
  CreateDatastoreCommand,
  GetDatastoreCommand,
  GetDICOMImportJobCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, expect } from "vitest";
import { controlled as test } from "../elsewhere.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, openSandbox, readLines, runJob, type Sandbox } from "../clients.ts";
import { codestreamOf } from "../jph-file.ts";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(data, { recursive: true }));

/** All that a client can see of the one image set of a data store. */
async function look({ medicalImaging }: Sandbox, datastoreId: string, jobId: string): Promise<unknown[]> {
  const { datastoreProperties } = await medicalImaging.send(new GetDatastoreCommand({ datastoreId }));
  const { jobProperties } = await medicalImaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId }));
  const { imageSetsMetadataSummaries: found = [] } = await medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  const imageSetId = found[0]?.imageSetId ?? "";
  const { imageSetMetadataBlob } = await medicalImaging.send(
    new GetImageSetMetadataCommand({ datastoreId, imageSetId }),
  );
  return [datastoreProperties, jobProperties, found, await imageSetMetadataBlob?.transformToString("base64")];
}

test("files copied into <data>/s3 are imported, and the image sets are there after a restart", async () => {
  await mkdir(join(data, "s3", "copied", "study"), { recursive: true });
  await writeFile(join(data, "s3", "copied", "study", "slice.dcm"), createSampleSeries(1)[0]?.bytes ?? "");

  const first = await openSandbox({ data });
  const datastoreId = await createActiveDatastore(first.medicalImaging);
  const { job } = await runJob(first.medicalImaging, datastoreId, "s3://copied/study", "s3://copied/out");
  const { jobId = "" } = job;
  const before = await look(first, datastoreId, jobId);
  expect(await readLines(first.s3, `${job.outputS3Uri}SUCCESS/success.ndjson`)).toHaveLength(1);
  await first[Symbol.asyncDispose]();

  await using second = await openSandbox({ data });
  expect(await look(second, datastoreId, jobId)).toEqual(before);
});

test("a client token is remembered after a restart", async () => {
  const create = async ({ medicalImaging }: Sandbox) =>
    (await medicalImaging.send(new CreateDatastoreCommand({ datastoreName: "a", clientToken: "t" })))
      .datastoreId;
  const first = await openSandbox({ data });
  const datastoreId = await create(first);
  await first[Symbol.asyncDispose]();
  await using second = await openSandbox({ data });
  expect(await create(second)).toBe(datastoreId);
});

test("an import job that a stop interrupts is completed after the restart, with its frames", async () => {
  await mkdir(join(data, "s3", "copied"), { recursive: true });
  for (const { name, bytes } of createSampleSeries(3))
    await writeFile(join(data, "s3", "copied", name), bytes);
  const first = await openSandbox({ data, durations: { jobSubmittedMs: 60_000 } });
  const datastoreId = await createActiveDatastore(first.medicalImaging);
  await first.medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      clientToken: "t",
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      inputS3Uri: "s3://copied/",
      outputS3Uri: "s3://copied/out",
    }),
  );
  await first[Symbol.asyncDispose]();

  await using second = await openSandbox({ data });
  const { medicalImaging } = second;
  const find = async () =>
    (await medicalImaging.send(new SearchImageSetsCommand({ datastoreId }))).imageSetsMetadataSummaries ?? [];
  await expect.poll(find).toHaveLength(1);
  const [{ imageSetId = "" } = {}] = await find();
  const { imageSetMetadataBlob } = await medicalImaging.send(
    new GetImageSetMetadataCommand({ datastoreId, imageSetId }),
  );
  const metadata = gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString();
  const frameIds = [...metadata.matchAll(/"ID":"([0-9a-f]{32})"/g)].map(([, id]) => id);
  expect(frameIds).toHaveLength(3);
  for (const imageFrameId of frameIds) {
    const command = new GetImageFrameCommand({
      datastoreId,
      imageSetId,
      imageFrameInformation: { imageFrameId },
    });
    const { imageFrameBlob } = await medicalImaging.send(command);
    const file = (await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array();
    expect(codestreamOf(file).toString("hex", 0, 2)).toBe("ff4f");
  }
});

test("a copy whose source is damaged while the emulator is stopped ends after the restart", async () => {
  await mkdir(join(data, "s3", "copied"), { recursive: true });
  for (const { name, bytes } of createSampleSeries(1))
    await writeFile(join(data, "s3", "copied", name), bytes);
  const first = await openSandbox({ data, durations: { imageSetCopyingMs: 60_000 } });
  const datastoreId = await createActiveDatastore(first.medicalImaging);
  await runJob(first.medicalImaging, datastoreId, "s3://copied/", "s3://copied/out");
  const { imageSetsMetadataSummaries: [{ imageSetId: sourceImageSetId = "" } = {}] = [] } =
    await first.medicalImaging.send(new SearchImageSetsCommand({ datastoreId }));
  const { destinationImageSetProperties } = await first.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    }),
  );
  await first[Symbol.asyncDispose]();
  const documents = join(data, "datastores", datastoreId, "image-sets", sourceImageSetId);
  await writeFile(join(documents, "image-set.json"), "{");

  await using second = await openSandbox({ data });
  const imageSetId = destinationImageSetProperties?.imageSetId ?? "";
  const status = async () =>
    (await second.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId })))
      .imageSetWorkflowStatus;
  await expect.poll(status).toBe("COPIED");
});
