import {
  GetDatastoreCommand,
  GetDICOMImportJobCommand,
  CreateDatastoreCommand,
  StartDICOMImportJobCommand,
  MedicalImagingClient,
  type DatastoreStatus,
  type DICOMImportJobProperties,
  type StartDICOMImportJobCommandInput,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startEmulator, type Emulator, type EmulatorOptions } from "../src/index.ts";

const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** An emulator over a socket, and the clients a user would point at it. */
export interface Sandbox extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly medicalImaging: MedicalImagingClient;
  readonly s3: S3Client;
}

export async function openSandbox(options: EmulatorOptions = {}): Promise<Sandbox> {
  const emulator = await startEmulator(options);
  const common = { endpoint: emulator.url, region: "us-east-1", credentials: CREDENTIALS };
  const medicalImaging = new MedicalImagingClient({ ...common, disableHostPrefix: true });
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  const close = async (): Promise<void> => {
    medicalImaging.destroy();
    s3.destroy();
    await emulator.close();
  };
  return { emulator, medicalImaging, s3, [Symbol.asyncDispose]: close };
}

/** Polls as a client does: nothing here waits on a wall clock of its own. */
async function until<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isDone(answer)) return answer;
  }
}

export async function waitForDatastore(
  client: MedicalImagingClient,
  datastoreId: string,
  status: DatastoreStatus,
): Promise<void> {
  await until(
    async () => (await client.send(new GetDatastoreCommand({ datastoreId }))).datastoreProperties,
    (properties) => properties?.datastoreStatus === status,
  );
}

export async function createActiveDatastore(
  client: MedicalImagingClient,
  datastoreName = "test",
): Promise<string> {
  const { datastoreId = "" } = await client.send(new CreateDatastoreCommand({ datastoreName }));
  await waitForDatastore(client, datastoreId, "ACTIVE");
  return datastoreId;
}

export interface FinishedImport {
  readonly job: DICOMImportJobProperties;
  /** Every status that polling saw, in order, each once. */
  readonly statuses: readonly string[];
}

/** Puts files into a bucket and imports them as one job. */
export async function importFiles(
  { medicalImaging, s3 }: Sandbox,
  datastoreId: string,
  bucket: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<FinishedImport> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const [name, Body] of Object.entries(files)) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `input/${name}`, Body }));
  }
  return runJob(medicalImaging, datastoreId, `s3://${bucket}/input`, `s3://${bucket}/output`);
}

export async function runJob(
  client: MedicalImagingClient,
  datastoreId: string,
  inputS3Uri: string,
  outputS3Uri: string,
  others: Partial<StartDICOMImportJobCommandInput> = {},
): Promise<FinishedImport> {
  const { jobId = "" } = await client.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      inputS3Uri,
      outputS3Uri,
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      clientToken: crypto.randomUUID(),
      ...others,
    }),
  );
  const statuses = new Set<string>();
  const job = await until(
    async () => (await client.send(new GetDICOMImportJobCommand({ datastoreId, jobId }))).jobProperties,
    (properties) => {
      statuses.add(properties?.jobStatus ?? "");
      return ["COMPLETED", "FAILED"].includes(properties?.jobStatus ?? "");
    },
  );
  if (job === undefined) throw new Error("a job has properties");
  return { job, statuses: [...statuses] };
}

export async function readText(s3: S3Client, uri: string): Promise<string> {
  const [, , bucket, ...key] = uri.split("/");
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key.join("/") }));
  return (await Body?.transformToString()) ?? "";
}

export const readLines = async (s3: S3Client, uri: string): Promise<unknown[]> =>
  (await readText(s3, uri))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
