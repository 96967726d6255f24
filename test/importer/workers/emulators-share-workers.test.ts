import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDatastoreCommand,
  MedicalImagingClient,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import type { ComposeOptions, createEmulator, Emulator } from "../../../src/index.ts";
import { until } from "../../until.ts";

const CLIENT = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };

/** Of a copy of the module for each test: what another test has started is not there. */
let create: typeof createEmulator;
beforeEach(async () => {
  vi.resetModules();
  create = (await import("../../../src/index.ts")).createEmulator;
});

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function open(options: ComposeOptions = {}): Promise<Emulator> {
  const durations = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0, ...options.durations };
  const emulator = await create({ ...options, durations });
  onTestFinished(emulator.close);
  return emulator;
}

async function writeSeries(folder: string, sliceCount: number): Promise<string> {
  for (const { name, bytes } of createSampleSeries(sliceCount)) await writeFile(join(folder, name), bytes);
  return folder;
}

async function workersOf({ control }: Emulator): Promise<string> {
  const { parts } = await control.health();
  return parts["codec"]?.detail.replace(/ started.*/, "") ?? "";
}

async function untilStarted(emulator: Emulator): Promise<void> {
  await until(
    () => workersOf(emulator),
    (workers) => !workers.startsWith("0 of"),
  );
}

test("an emulator that neither writes to a bucket nor imports starts no worker", async () => {
  const emulator = await open({ workers: 3 });
  const client = new MedicalImagingClient({ ...CLIENT, requestHandler: emulator.requestHandler });
  await client.send(new CreateDatastoreCommand({}));
  expect(await workersOf(emulator)).toBe("0 of 3 workers");
});

test("a write to a bucket starts one worker in the background", async () => {
  const emulator = await open({ workers: 3 });
  const s3 = new S3Client({ ...CLIENT, requestHandler: emulator.requestHandler, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await untilStarted(emulator);
  expect(await workersOf(emulator)).toBe("1 of 3 workers");
});

test("a submitted job starts one worker in the background, for files that came without S3", async () => {
  const data = await openFolder();
  await mkdir(join(data, "s3", "bucket", "in"), { recursive: true });
  const emulator = await open({ data, workers: 1, durations: { jobSubmittedMs: 3_600_000 } });
  const client = new MedicalImagingClient({ ...CLIENT, requestHandler: emulator.requestHandler });
  const { datastoreId } = await client.send(new CreateDatastoreCommand({}));
  await emulator.control.wait(`datastore/${datastoreId}`, { status: "ACTIVE" });
  await client.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      inputS3Uri: "s3://bucket/in/",
      outputS3Uri: "s3://bucket/out/",
    }),
  );
  await untilStarted(emulator);
  expect(await workersOf(emulator)).toBe("1 of 1 workers");
});

test("an emulator finds the workers that another one has started, and shows as many as may work for it", async () => {
  const folder = await writeSeries(await openFolder(), 2);
  const first = await open();
  await first.control.importFolder(folder);
  await first.close();
  const [one, three] = [await open({ workers: 1 }), await open({ workers: 3 })];
  expect(await workersOf(one)).toBe("1 of 1 workers");
  expect(await workersOf(three)).toMatch(/^[1-3] of 3 workers$/);
  expect((await one.control.importFolder(folder)).imageSets).toHaveLength(1);
});

test("an emulator that is closed during an import leaves no orphaned frame, and another emulator's import continues", async () => {
  const [few, many] = [await writeSeries(await openFolder(), 1), await writeSeries(await openFolder(), 60)];
  const data = await openFolder();
  const [closing, other, third] = [await open({ data }), await open(), await open()];
  const lost = closing.control.importFolder(many).catch(String);
  const kept = other.control.importFolder(many);
  // One file against sixty, in turn: the others are far from their end.
  await third.control.importFolder(few);
  await closing.close();
  expect(await lost).toEqual(expect.any(String));
  expect(await readdir(join(data, ".spool"))).toEqual([]);
  expect(await kept).toMatchObject({ failures: [], imageSets: [expect.anything()] });
});
