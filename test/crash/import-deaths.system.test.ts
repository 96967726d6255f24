import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { StartDICOMImportJobCommand } from "@aws-sdk/client-medical-imaging";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  dataSet,
  dicomFile,
  element,
  imageElements,
  instanceElements,
} from "../imaging/dicom/write-dicom.ts";
import { scaled } from "../setup/timeouts.ts";
import { BUCKET, createActive, endOfJob, openClients, type Clients } from "./client.ts";
import { startServer, type Server } from "./server.ts";

const FILES = 2_000;
const TIMEOUT_MS = scaled(300_000);
const DEFLATED = "1.2.840.10008.1.2.1.99";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-deaths-"));
  await mkdir(join(data, "s3", BUCKET, "in"), { recursive: true });
});
afterEach(() => rm(data, { recursive: true, force: true }));

const putFile = (name: string, bytes: Uint8Array): Promise<void> =>
  writeFile(join(data, "s3", BUCKET, "in", name), bytes);

const smallFile = (number: number): Uint8Array =>
  dicomFile(
    instanceElements(
      element("00080018", "UI", `1.2.3.4.3.${number}`),
      ...imageElements({ rows: 8, columns: 8, pixelData: new Uint8Array(64).fill(number % 256) }),
    ),
  );

/** Some hundred bytes that keep a worker busy for a second or so. */
function slowFile(): Uint8Array {
  const side = 2_048;
  const numberOfFrames = 15;
  const pixelData = new Uint8Array(side * side * numberOfFrames);
  const elements = instanceElements(
    element("00080018", "UI", "1.2.3.4.3.99999"),
    ...imageElements({ rows: side, columns: side, numberOfFrames, pixelData }),
  );
  return dicomFile([], { transferSyntaxUID: DEFLATED, tail: deflateRawSync(dataSet(elements, true)) });
}

interface Job {
  readonly datastoreId: string;
  readonly jobId: string;
}

async function startJob(server: Server): Promise<Job> {
  const datastoreId = await createActive(server.url, "deaths");
  const { jobId = "" } = await openClients(server.url, datastoreId).medicalImaging.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
      inputS3Uri: `s3://${BUCKET}/in/`,
      outputS3Uri: `s3://${BUCKET}/out/`,
      clientToken: "deaths",
    }),
  );
  return { datastoreId, jobId };
}

/** Resolves once what this process has noted of the job is as it should be. */
async function noted(
  { datastoreId, jobId }: Job,
  isEnough: (notes: readonly string[]) => boolean,
): Promise<void> {
  const path = join(data, "datastores", datastoreId, "import-jobs", `${jobId}.in-hand.ndjson`);
  for (;;) {
    const lines = (await readFile(path, "utf8").catch(() => "")).split("\n");
    if (isEnough(lines.slice(lines.lastIndexOf('{"at":"start"}') + 1))) return;
  }
}

const processes = async ({ datastoreId, jobId }: Job): Promise<number> => {
  const path = join(data, "datastores", datastoreId, "import-jobs", `${jobId}.in-hand.ndjson`);
  return (await readFile(path, "utf8").catch(() => "")).split('{"at":"start"}').length - 1;
};

/** Resolves once the n-th process has completed this number of files. */
const done = (job: Job, process: number, count: number): Promise<void> =>
  (async () => {
    while ((await processes(job)) < process);
    await noted(job, (notes) => notes.filter((note) => note.includes('"at":"end"')).length >= count);
  })();

/** Resolves once this process has completed this number of the job's files. */
async function filesDone(server: Server, { jobId }: Job, count: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${server.url}/_local/import-jobs/${jobId}`);
    const progress = (await answer.json()) as { filesDone: number } | null;
    if (progress !== null && progress.filesDone >= count) return;
  }
}

async function readReport(clients: Clients, { datastoreId, jobId }: Job, name: string): Promise<string[]> {
  const Key = `out/${datastoreId}-DicomImport-${jobId}/${name}`;
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  const lines = ((await Body?.transformToString()) ?? "").split("\n").filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as { inputFile: string }).inputFile);
}

describe("an import whose process dies", () => {
  test(
    `three times, and is restarted three times, still has each of ${FILES} files once`,
    { timeout: TIMEOUT_MS },
    async () => {
      for (let number = 0; number < FILES; number++) await putFile(`${number}.dcm`, smallFile(number));
      let server = await startServer(data);
      const job = await startJob(server);
      let process = 1;
      for (const [count, how] of [
        [100, "kill"],
        [100, "stop"],
        [200, "kill"],
        [150, "stop"],
        [300, "kill"],
        [50, "stop"],
      ] as const) {
        await done(job, process, count);
        await server[how]();
        server = await startServer(data);
        process += 1;
      }
      const clients = openClients(server.url, job.datastoreId);
      expect(await endOfJob(clients, job.jobId)).toBe("COMPLETED");
      const imported = await readReport(clients, job, "SUCCESS/success.ndjson");
      expect(imported).toHaveLength(FILES);
      expect(new Set(imported).size).toBe(FILES);
      expect(await readReport(clients, job, "FAILURE/failure.ndjson")).toEqual([]);
      expect(await processes(job)).toBe(0);
      await server.stop();
    },
  );

  test(
    "of one file twice, the second time with no other in hand, ends COMPLETED without that file",
    { timeout: TIMEOUT_MS },
    async () => {
      for (let number = 0; number < 20; number++) await putFile(`${number}.dcm`, smallFile(number));
      await putFile("bad.dcm", slowFile());
      let server = await startServer(data);
      const job = await startJob(server);
      const isInHand = (isAlone: boolean) => (notes: readonly string[]) =>
        notes.some((note) => note.includes(`in/bad.dcm","isAlone":${isAlone}`));
      await noted(job, isInHand(false));
      await server.kill();
      server = await startServer(data);
      await noted(job, isInHand(true));
      await server.kill();
      server = await startServer(data);
      const clients = openClients(server.url, job.datastoreId);
      expect(await endOfJob(clients, job.jobId)).toBe("COMPLETED");
      expect(await readReport(clients, job, "SUCCESS/success.ndjson")).toHaveLength(20);
      expect(await readReport(clients, job, "FAILURE/failure.ndjson")).toEqual(["in/bad.dcm"]);
      await server.stop();
    },
  );

  const HELD = ["--scenario", "import-stuck"];
  const isWorkDone = (notes: readonly string[]): boolean => notes.includes('{"at":"stop"}');

  test.each([
    ["twice after its last file", 2, (server: Server, job: Job) => filesDone(server, job, 1)],
    ["four times while it only waits for its end", 4, (_: Server, job: Job) => noted(job, isWorkDone)],
  ])("%s ends COMPLETED with its file imported", { timeout: TIMEOUT_MS }, async (_, kills, reached) => {
    await putFile("good.dcm", smallFile(1));
    let server = await startServer(data, ...HELD);
    const job = await startJob(server);
    for (let kill = 1; kill <= kills; kill++) {
      await reached(server, job);
      await server.kill();
      server = await startServer(data, ...(kill < kills ? HELD : []));
    }
    const clients = openClients(server.url, job.datastoreId);
    expect(await endOfJob(clients, job.jobId)).toBe("COMPLETED");
    expect(await readReport(clients, job, "SUCCESS/success.ndjson")).toEqual(["in/good.dcm"]);
    expect(await readReport(clients, job, "FAILURE/failure.ndjson")).toEqual([]);
    await server.stop();
  });
});
