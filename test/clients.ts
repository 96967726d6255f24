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
import { inject } from "vitest";
import {
  createEmulator,
  startEmulator,
  type ComposeOptions,
  type Emulator,
  type EmulatorOptions,
  type EmulatorServer,
  type ServiceRelease,
} from "../src/index.ts";
import { DEFAULT_DURATIONS, type Durations } from "../src/domain/time/durations.ts";
import { createLocal, type Local } from "./local/control/local.ts";
import { bucketName, DATA_ACCESS_ROLE_ARN, openElsewhere } from "./elsewhere.ts";
import { until } from "./until.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What is between the clients and the emulator: see vitest.config.ts. */
    readonly transport: "socket" | "in process" | "elsewhere";
    /** The service release of emulators whose test names none: see vitest.config.ts. */
    readonly serviceRelease: ServiceRelease;
  }
}

const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** The clients a user would point at an emulator, of a project's transport. */
export interface Sandbox extends AsyncDisposable {
  readonly medicalImaging: MedicalImagingClient;
  readonly s3: S3Client;
}

/** A file's tests share an emulator and make more data stores in it than AWS allows an account. */
const quotas = { "Maximum data stores": 1000 };

/** For tests that do not look at states that pass: each passes at once. */
export const NO_TIME = Object.fromEntries(
  Object.keys(DEFAULT_DURATIONS).map((name) => [name, 0]),
) as Partial<Durations>;

/** States take time only where a test has the clock in its hands or says which take how long. */
const withDefaults = <T extends ComposeOptions>(options: T): T => ({
  quotas,
  serviceRelease: inject("serviceRelease"),
  ...options,
  durations: options.clock === undefined ? { ...NO_TIME, ...options.durations } : options.durations,
});

/** One over a socket, whatever the project: for tests of what is on the wire. */
export interface ServerSandbox extends Sandbox {
  readonly emulator: EmulatorServer;
}

export async function openSandbox(options: ComposeOptions = {}): Promise<Sandbox> {
  const transport = inject("transport");
  if (transport === "socket") return openServer(options);
  if (transport === "elsewhere") return openElsewhere();
  return openInProcess(options);
}

/** One whose time and states a test has in its hands. */
export interface ControlledSandbox extends Sandbox {
  readonly local: Local;
}

export async function openControlled(options: ComposeOptions = {}): Promise<ControlledSandbox> {
  const open = inject("transport") === "socket" ? openServer : openInProcess;
  const sandbox = await open(options);
  return { ...sandbox, local: createLocal(sandbox.emulator) };
}

async function openInProcess(options: ComposeOptions): Promise<Sandbox & { readonly emulator: Emulator }> {
  const emulator = await createEmulator(withDefaults(options));
  const { requestHandler, close } = emulator;
  const common = { region: "us-east-1", credentials: CREDENTIALS, requestHandler };
  // Without an endpoint: the client sends what it would send to AWS, including the host prefix.
  const medicalImaging = new MedicalImagingClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  return { ...toSandbox(medicalImaging, s3, close), emulator };
}

export async function openServer(options: EmulatorOptions = {}): Promise<ServerSandbox> {
  const emulator = await startEmulator(withDefaults(options));
  const common = { endpoint: emulator.url, region: "us-east-1", credentials: CREDENTIALS };
  const medicalImaging = new MedicalImagingClient({ ...common, disableHostPrefix: true });
  const s3 = new S3Client({ ...common, forcePathStyle: true });
  return { ...toSandbox(medicalImaging, s3, emulator.close), emulator };
}

function toSandbox(medicalImaging: MedicalImagingClient, s3: S3Client, end: () => Promise<void>): Sandbox {
  const close = async (): Promise<void> => {
    medicalImaging.destroy();
    s3.destroy();
    await end();
  };
  return { medicalImaging, s3, [Symbol.asyncDispose]: close };
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
  name: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<FinishedImport> {
  const bucket = bucketName(name);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const [path, Body] of Object.entries(files)) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `input/${path}`, Body }));
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
      dataAccessRoleArn: DATA_ACCESS_ROLE_ARN,
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
