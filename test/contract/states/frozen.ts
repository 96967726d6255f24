import {
  CreateDatastoreCommand,
  GetDICOMImportJobCommand,
  GetDatastoreCommand,
  GetImageSetCommand,
  StartDICOMImportJobCommand,
  type DICOMImportJobProperties,
  type GetImageSetCommandOutput,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { EmulatorClock } from "../../../src/domain/time/emulator-clock.ts";
import type { ComposeOptions } from "../../../src/index.ts";
import { openControlled, type ControlledSandbox } from "../../clients.ts";
import type { LocalAnswer } from "../../local/control/local.ts";
import { ManualClock } from "../../manual-clock.ts";
import { slicesForNewImageSet } from "../../setup/sample-series-of.ts";
import { findImageSets } from "../image-sets/image-sets.ts";

/** On a frozen clock over real time that does not pass either. */
export async function openFrozen(options: ComposeOptions = {}): Promise<ControlledSandbox> {
  const clock = new EmulatorClock(new ManualClock());
  clock.freeze();
  return openControlled({ clock, ...options });
}

export const advance = ({ local }: ControlledSandbox, by: string): Promise<LocalAnswer> =>
  local("POST", "clock", { action: "advance", by });

/** Moves the clock until the resource has the status. */
export async function reach(
  { local }: ControlledSandbox,
  resource: string,
  status: string,
): Promise<LocalAnswer> {
  const answer = await local("GET", `wait?resource=${resource}&status=${status}&autoAdvance=1`);
  expect(answer).toMatchObject({ code: 200 });
  return answer;
}

export const push = (
  { local }: ControlledSandbox,
  resource: string,
  status: string,
  others: { message?: string; force?: boolean } = {},
): Promise<LocalAnswer> => local("PUT", `resources/${resource}/status`, { status, ...others });

export const hold = ({ local }: ControlledSandbox, resource: string, status?: string): Promise<LocalAnswer> =>
  local("PUT", `resources/${resource}/hold`, status === undefined ? "" : { status });

export const release = ({ local }: ControlledSandbox, resource: string): Promise<LocalAnswer> =>
  local("DELETE", `resources/${resource}/hold`);

/** What an advance of a day changes: of one resource, each as `from > to`. */
export async function passDay(sandbox: ControlledSandbox, resource: string): Promise<string[]> {
  const { fired = [] } = await advance(sandbox, "P1D");
  return fired.filter((event) => event.resource === resource).map(({ from, to }) => `${from} > ${to}`);
}

export async function createDatastore({ medicalImaging }: ControlledSandbox): Promise<string> {
  return (await medicalImaging.send(new CreateDatastoreCommand({}))).datastoreId ?? "";
}

export async function createActive(sandbox: ControlledSandbox): Promise<string> {
  const datastoreId = await createDatastore(sandbox);
  await reach(sandbox, `datastore/${datastoreId}`, "ACTIVE");
  return datastoreId;
}

export async function datastoreStatus(
  { medicalImaging }: ControlledSandbox,
  datastoreId: string,
): Promise<string | undefined> {
  const { datastoreProperties } = await medicalImaging.send(new GetDatastoreCommand({ datastoreId }));
  return datastoreProperties?.datastoreStatus;
}

/** Puts some slices of the phantom series into a bucket of that name and starts their import. */
export async function startImport(
  { medicalImaging, s3 }: ControlledSandbox,
  datastoreId: string,
  bucket: string,
  slices = 1,
  outputBucket = bucket,
): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const { name, bytes } of slicesForNewImageSet(slices))
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `in/${name}`, Body: bytes }));
  return submit(medicalImaging, datastoreId, `s3://${bucket}/in`, `s3://${outputBucket}/out`);
}

async function submit(
  client: ControlledSandbox["medicalImaging"],
  datastoreId: string,
  inputS3Uri: string,
  outputS3Uri: string,
): Promise<string> {
  const dataAccessRoleArn = "arn:aws:iam::000000000000:role/import";
  const { jobId = "" } = await client.send(
    new StartDICOMImportJobCommand({ datastoreId, inputS3Uri, outputS3Uri, dataAccessRoleArn }),
  );
  return jobId;
}

export async function importImageSet(
  sandbox: ControlledSandbox,
  datastoreId: string,
  bucket: string,
): Promise<string> {
  const before = new Set(await findImageSets(sandbox, datastoreId));
  const jobId = await startImport(sandbox, datastoreId, bucket);
  await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
  return (await findImageSets(sandbox, datastoreId)).find((id) => !before.has(id)) ?? "";
}

export async function getJob(
  { medicalImaging }: ControlledSandbox,
  datastoreId: string,
  jobId: string,
): Promise<DICOMImportJobProperties | undefined> {
  return (await medicalImaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId }))).jobProperties;
}

export const getImageSet = (
  { medicalImaging }: ControlledSandbox,
  datastoreId: string,
  imageSetId: string,
): Promise<GetImageSetCommandOutput> =>
  medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
