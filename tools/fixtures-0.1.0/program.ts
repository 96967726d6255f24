import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CreateDatastoreCommand,
  MedicalImagingClient,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
  UpdateImageSetMetadataCommand,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ComposeOptions, Emulator } from "../../src/index.ts";

/** The program of another version, as its package is built. */
export interface Program {
  readonly cli: string;
  readonly createEmulator: (options: ComposeOptions) => Promise<Emulator>;
}

export async function loadProgram(checkout: string): Promise<Program> {
  const url = pathToFileURL(join(checkout, "dist", "index.js")).href;
  const { createEmulator } = (await import(url)) as Program;
  return { createEmulator, cli: join(checkout, "dist", "cli.js") };
}

export interface Task {
  readonly program: Program;
  /** The data folder to write. */
  readonly data: string;
  /** The path of a file beside the fixtures. */
  readonly exportTo: (file: string) => string;
}

export interface Clients {
  readonly medicalImaging: MedicalImagingClient;
  readonly s3: S3Client;
}

/** @param accessKeyId twelve digits are an account */
export function clientsOf({ requestHandler }: Emulator, accessKeyId = "test"): Clients {
  const config = {
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "test" },
    requestHandler,
  };
  return {
    medicalImaging: new MedicalImagingClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
}

export async function createActive(
  { control }: Emulator,
  { medicalImaging }: Clients,
  datastoreName: string,
): Promise<string> {
  const command = new CreateDatastoreCommand({ datastoreName, clientToken: `token-of-${datastoreName}` });
  const { datastoreId = "" } = await medicalImaging.send(command);
  await control.wait(`datastore/${datastoreId}`, { status: "ACTIVE" });
  return datastoreId;
}

export async function fillBucket(
  { s3 }: Clients,
  bucket: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const [Key, Body] of Object.entries(files))
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
}

export async function startJob(
  { medicalImaging }: Clients,
  datastoreId: string,
  bucket: string,
): Promise<string> {
  const { jobId = "" } = await medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      jobName: `import-of-${bucket}`,
      inputS3Uri: `s3://${bucket}/input/`,
      outputS3Uri: `s3://${bucket}/output/`,
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      clientToken: `token-of-${bucket}`,
    }),
  );
  return jobId;
}

/** Imports files as one job. @returns the image sets that are new */
export async function importSlices(
  emulator: Emulator,
  clients: Clients,
  datastoreId: string,
  bucket: string,
  files: readonly { name: string; bytes: Uint8Array | string }[],
): Promise<string[]> {
  const before = new Set(await imageSetsOf(clients, datastoreId));
  await fillBucket(
    clients,
    bucket,
    Object.fromEntries(files.map(({ name, bytes }) => [`input/${name}`, bytes])),
  );
  const jobId = await startJob(clients, datastoreId, bucket);
  await emulator.control.wait(`importJob/${jobId}`, { status: ["COMPLETED", "FAILED"] });
  return (await imageSetsOf(clients, datastoreId)).filter((id) => !before.has(id));
}

async function imageSetsOf({ medicalImaging }: Clients, datastoreId: string): Promise<string[]> {
  const { imageSetsMetadataSummaries = [] } = await medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  return imageSetsMetadataSummaries.map(({ imageSetId = "" }) => imageSetId);
}

/** @param payload of what is to be updated or removed */
export const updateOf = (
  datastoreId: string,
  imageSetId: string,
  latestVersionId: string,
  kind: "updatableAttributes" | "removableAttributes",
  payload: object,
): UpdateImageSetMetadataCommand =>
  new UpdateImageSetMetadataCommand({
    datastoreId,
    imageSetId,
    latestVersionId,
    updateImageSetMetadataUpdates: {
      DICOMUpdates: { [kind]: Buffer.from(JSON.stringify({ SchemaVersion: "1.1", ...payload })) },
    },
  });
