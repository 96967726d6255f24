import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MedicalImagingClient, StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { clientConfig } from "../../../src/local/sdk/client-config.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { startEmulator, type EmulatorServer } from "../../../src/index.ts";
import { createActiveDatastore, importFiles, openServer, runJob } from "../../clients.ts";

const isMotoThere = spawnSync("moto_server", ["--help"]).status === 0;
if (!isMotoThere) process.stderr.write("SKIPPED: import jobs from moto's S3; install moto[server]\n");

/** What serves S3's API besides this emulator's own front. */
interface OtherS3 extends AsyncDisposable {
  readonly endpoint: string;
}

async function startMoto(): Promise<OtherS3> {
  const child: ChildProcess = spawn("moto_server", ["-p", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const stop = async (): Promise<void> => void child.kill("SIGKILL");
  if (child.stderr === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stderr })) {
    const endpoint = /Running on (http:\/\/\S+)/.exec(line)?.[1];
    if (endpoint === undefined) continue;
    child.stderr.resume();
    return { endpoint, [Symbol.asyncDispose]: stop };
  }
  throw new Error("moto_server ended before it was ready");
}

async function startOwn(): Promise<OtherS3> {
  const { url, close }: EmulatorServer = await startEmulator();
  return { endpoint: url, [Symbol.asyncDispose]: close };
}

const externalS3 = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

describe.each([
  ["another emulator", startOwn, true],
  ["moto", startMoto, isMotoThere],
] as const)("import jobs from the buckets of %s", (_, start, isThere) => {
  let other: OtherS3;
  beforeAll(async () => {
    if (isThere) other = await start();
  });
  afterAll(() => other?.[Symbol.asyncDispose]());

  test.runIf(isThere)("read their input there and write their report there", async () => {
    await using sandbox = await openServer({ externalS3: externalS3(other.endpoint) });
    const s3 = new S3Client(clientConfig(other.endpoint));
    await s3.send(new CreateBucketCommand({ Bucket: "their-dicom" }));
    const files = createSampleSeries(3);
    for (const { name, bytes } of files)
      await s3.send(new PutObjectCommand({ Bucket: "their-dicom", Key: `in/a b/${name}`, Body: bytes }));
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const { job } = await runJob(
      sandbox.medicalImaging,
      datastoreId,
      "s3://their-dicom/in",
      "s3://their-dicom/out",
    );
    expect(job).toMatchObject({ jobStatus: "COMPLETED" });
    const { jobId } = job;
    const Key = `out/${datastoreId}-DicomImport-${jobId}/SUCCESS/success.ndjson`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "their-dicom", Key }));
    const lines = ((await Body?.transformToString()) ?? "").trim().split("\n");
    expect(lines).toHaveLength(files.length);
    expect(lines[0]).toContain("in/a b/");
  });

  test.runIf(isThere)("do not disturb jobs from the emulator's own buckets", async () => {
    await using sandbox = await openServer({ externalS3: externalS3(other.endpoint) });
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const [file] = createSampleSeries(1);
    const { job } = await importFiles(sandbox, datastoreId, "own", { "a.dcm": file?.bytes ?? "" });
    expect(job.jobStatus).toBe("COMPLETED");
  });

  test.runIf(isThere)("fail where neither has the bucket", async () => {
    await using sandbox = await openServer({ externalS3: externalS3(other.endpoint) });
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const { job } = await runJob(sandbox.medicalImaging, datastoreId, "s3://nowhere/in", "s3://nowhere/out");
    expect(job).toMatchObject({ jobStatus: "FAILED", message: expect.stringContaining("does not exist") });
  });
});

test("an S3 that cannot be reached fails the job and says so", async () => {
  await using closed = await startOwn();
  const { endpoint } = closed;
  await closed[Symbol.asyncDispose]();
  await using sandbox = await openServer({ externalS3: externalS3(endpoint) });
  const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const { job } = await runJob(
    sandbox.medicalImaging,
    datastoreId,
    "s3://their-dicom/in",
    "s3://their-dicom/out",
  );
  expect(job).toMatchObject({
    jobStatus: "FAILED",
    message: expect.stringContaining("bucket their-dicom cannot be reached"),
  });
});

test("an S3 that never answers does not delay a close, and its job continues at the next start", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const mute = createServer(() => resolve());
  await once(mute.listen(0, "127.0.0.1"), "listening");
  const { port } = mute.address() as AddressInfo;
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(async () => {
    mute.closeAllConnections();
    mute.close();
    await rm(data, { recursive: true });
  });
  const options = { data, externalS3: externalS3(`http://127.0.0.1:${port}`) };
  const emulator = await startEmulator(options);
  const client = new MedicalImagingClient(clientConfig(emulator.url));
  const datastoreId = await createActiveDatastore(client);
  const { jobId } = await client.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      inputS3Uri: "s3://their-dicom/in/",
      outputS3Uri: "s3://their-dicom/out/",
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      clientToken: "once",
    }),
  );
  await asked;
  await emulator.close();

  await using again = await startEmulator(options);
  expect(await again.control.resources.get(`importJob/${jobId}`)).toMatchObject({
    status: expect.stringMatching(/^(SUBMITTED|IN_PROGRESS)$/),
  });
});
