import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../src/domain/caller.ts";
import { behavioursOf } from "../../src/api/releases/behaviours.ts";
import { DEFAULT_RELEASE } from "../../src/api/releases/service-release.ts";
import { Datastores } from "../../src/domain/datastores/datastores.ts";
import { ImageSets } from "../../src/domain/image-sets/image-sets.ts";
import { ImportJobs } from "../../src/domain/import-jobs/import-jobs.ts";
import type { ObjectSource, ObjectStore } from "../../src/domain/objects.ts";
import { ByteBudget } from "../../src/importer/workers/import-memory.ts";
import { Importer } from "../../src/importer/importer.ts";
import { WorkerPool } from "../../src/importer/workers/worker-pool.ts";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import type { Transitions } from "../../src/domain/time/transitions.ts";
import { Quotas } from "../../src/domain/limits/quotas.ts";
import { MemoryState } from "../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../manual-clock.ts";
import { createTransitions } from "../transitions.ts";
import { until } from "../until.ts";
import { WORKER_ENTRY } from "../worker-entry.ts";
import { MemoryBlobs } from "./memory-blobs.ts";

const CALLER: Caller = { account: "000000000000", region: "us-east-1", accessKeyId: "test" };

class MemoryObjects implements ObjectStore {
  readonly objects = new Map<string, Uint8Array>();
  unlistable = false;
  /** By key: what is listed with the reason why it cannot be read. */
  readonly faults = new Map<string, string>();
  unreadable: string | undefined;
  unwritable = false;
  /** Then one write fails. */
  writesLeft = Infinity;
  reads = 0;
  beforeWrite = async (_key: string): Promise<void> => {};
  onRead = (): void => {};

  async bucketExists(): Promise<boolean> {
    return true;
  }

  async *list(_bucket: string, prefix: string) {
    if (this.unlistable) throw new Error("the bucket is gone");
    for (const [key, fault] of this.faults) yield { key, byteLength: 0, fault };
    for (const [key, { byteLength }] of this.objects) if (key.startsWith(prefix)) yield { key, byteLength };
  }

  async locate(_bucket: string, key: string): Promise<ObjectSource> {
    this.reads += 1;
    this.onRead();
    if (key === this.unreadable) throw new Error("gone");
    return { bytes: new Uint8Array(this.objects.get(key) ?? []) };
  }

  checkWritable(_bucket: string, key: string): void {
    if (key.includes("..")) throw new Error("a key has no ..");
  }

  async write(_bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.beforeWrite(key);
    signal?.throwIfAborted();
    if (this.unwritable) throw new Error("read-only");
    if (this.writesLeft-- === 0) throw new Error("the bucket is gone");
    this.objects.set(key, bytes);
  }
}

let spoolFolder: string;
beforeEach(async () => {
  spoolFolder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(spoolFolder, { recursive: true, force: true }));

interface World {
  readonly clock: ManualClock;
  readonly state: MemoryState;
  readonly importJobs: ImportJobs;
  readonly blobs: MemoryBlobs;
  readonly objects: MemoryObjects;
  readonly datastoreId: string;
  readonly said: readonly string[];
  /** The record of each job. */
  readonly lines: string[];
  readonly build: (rules?: Transitions) => Importer;
}

function world(sliceCount = 2, maxFileBytes = 2 ** 30): World {
  const clock = new ManualClock();
  const state = new MemoryState();
  let last = 0;
  const createId = (): string => String(++last).padStart(32, "0");
  const transitions = createTransitions(clock);
  const quotas = new Quotas();
  const datastores = new Datastores({ state, clock, createId, transitions, quotas });
  const importJobs = new ImportJobs({ state, clock, createId, datastores, quotas });
  const imageSets = new ImageSets({ state, clock, datastores });
  const blobs = new MemoryBlobs();
  const objects = new MemoryObjects();
  for (const { name, bytes } of createSampleSeries(sliceCount)) objects.objects.set(`in/${name}`, bytes);
  const { datastoreId } = datastores.create(CALLER, {});
  clock.advance(500);
  const said: string[] = [];
  const lines: string[] = [];
  const note = (added: readonly string[]): void => void lines.push(...added);
  const log = { info: (message: string) => void said.push(message), warn: () => {}, error: () => {} };
  const build = (rules = createTransitions(clock)): Importer =>
    new Importer({
      state,
      clock,
      transitions: rules,
      log,
      createId,
      blobs,
      objects,
      importJobs,
      imageSets,
      workers: new WorkerPool(WORKER_ENTRY, { size: 1 }).acquire({ spoolFolder }),
      fileBudget: new ByteBudget(maxFileBytes),
      bucketOwners: new Map(),
      behaviours: behavioursOf(DEFAULT_RELEASE),
      quotas,
      jobRecords: {
        of: () => ({ read: () => [...lines], begin: note, append: note }),
        remove: () => void lines.splice(0),
      },
    });
  return { clock, state, importJobs, blobs, objects, datastoreId, said, lines, build };
}

const JOB = { dataAccessRoleArn: "r", inputS3Uri: "s3://bucket/in", outputS3Uri: "s3://bucket/out" };

/** Moves the clock until the job has ended; the work itself is real. */
async function finish(
  { clock, importJobs, datastoreId }: World,
  jobId: string,
): Promise<{ jobStatus: string; message: string | null }> {
  for (;;) {
    const job = importJobs.get(CALLER, datastoreId, jobId);
    if (job.endedAt !== null) return job;
    clock.advance(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("the importer", () => {
  test.each([
    [2, "COMPLETED", null],
    [
      3,
      "FAILED",
      "DICOM import job has failed. The emulator's process ended 3 times in a row during this job, " +
        "each time without a further finished file",
    ],
  ])(
    "counts %i processes that died without a finished file, and the job ends %s",
    async (deaths, jobStatus, message) => {
      const here = world();
      here.lines.push(...Array<string>(deaths).fill('{"at":"start"}'));
      const importer = here.build();
      const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
      importer.enqueue(jobId);
      expect(await finish(here, jobId)).toMatchObject({ jobStatus, message });
      await importer.stop();
      expect(here.lines).toEqual([]);
    },
  );

  test("records a stop, so that files in work are not suspects at the next start", async () => {
    const here = world();
    const importer = here.build();
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    here.clock.advance(250);
    await new Promise<void>((resolve) => (here.objects.onRead = resolve));
    await importer.stop();
    expect(here.lines.at(-1)).toBe('{"at":"stop"}');
  });

  test("makes the image sets visible at the end of their job", async () => {
    const here = world();
    const importer = here.build();
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    here.clock.advance(249);
    expect(here.importJobs.get(CALLER, here.datastoreId, jobId).jobStatus).toBe("SUBMITTED");
    here.clock.advance(1);
    expect(here.importJobs.get(CALLER, here.datastoreId, jobId).jobStatus).toBe("IN_PROGRESS");
    expect(importer.progressOf(jobId)).toEqual({ filesFound: 0, filesDone: 0 });
    expect(await finish(here, jobId)).toMatchObject({ jobStatus: "COMPLETED", message: null });
    const [imageSet] = here.state.imageSets.inDatastore(here.datastoreId);
    expect(imageSet?.frameIds).toHaveLength(2);
    expect([...here.blobs.kept.keys()].filter((key) => key.includes("/frames/"))).toHaveLength(2);
    expect(await readdir(spoolFolder)).toEqual([]);
    await importer.stop();
    expect(importer.progressOf(jobId)).toBeUndefined();
  });

  test.each([
    [
      "the output cannot be written",
      (here: World) => void (here.objects.unwritable = true),
      " The output folder is not writable: read-only",
    ],
    ["a frame cannot be kept", (here: World) => void (here.blobs.failAt = "/frames/"), ""],
    ["a worker cannot put a frame down", () => rmSync(spoolFolder, { recursive: true }), ""],
    [
      "the disk is full",
      (here: World) => {
        here.blobs.failAt = "/frames/";
        here.blobs.failure = new Error("ENOSPC: no space left on device, write");
      },
      " It cannot be stored: the disk is full",
    ],
    ["a metadata document cannot be kept", (here: World) => void (here.blobs.failAt = "metadata-1"), ""],
  ])("fails the job, says so and leaves nothing behind when %s", async (_, spoil, reason) => {
    const here = world();
    const importer = here.build();
    spoil(here);
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    expect(await finish(here, jobId)).toMatchObject({
      jobStatus: "FAILED",
      message: `DICOM import job has failed.${reason}`,
    });
    expect([...here.state.imageSets.values()]).toEqual([]);
    await importer.stop();
    expect([...here.blobs.kept.keys()]).toEqual([]);
    expect(await readdir(spoolFolder).catch(() => [])).toEqual([]);
  });

  test.each([0, 1, 2])(
    "fails the job when write %i to the output bucket fails, and reports it there",
    async (count) => {
      const here = world();
      const importer = here.build();
      here.objects.objects.set("in/zero", new Uint8Array());
      here.objects.writesLeft = count;
      const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
      importer.enqueue(jobId);
      expect(await finish(here, jobId)).toMatchObject({
        jobStatus: "FAILED",
        message: "DICOM import job has failed. The output folder is not writable: the bucket is gone",
      });
      const reportOf = (name: string): string => {
        const [, bytes] = [...here.objects.objects].find(([key]) => key.endsWith(name)) ?? [];
        return Buffer.from(bytes ?? "").toString();
      };
      expect(reportOf("success.ndjson")).toBe("");
      expect(reportOf("failure.ndjson").split("\n").filter(Boolean)).toHaveLength(3);
      expect(JSON.parse(reportOf("job-output-manifest.json"))).toMatchObject({
        jobSummary: {
          numberOfScannedFiles: 3,
          numberOfImportedFiles: 0,
          numberOfFilesWithCustomerError: 1,
          numberOfFilesWithServerError: 2,
          numberOfGeneratedImageSets: 0,
        },
      });
      await importer.stop();
      expect([...here.blobs.kept.keys()]).toEqual([]);
    },
  );

  test("fails the job when the input bucket cannot be listed", async () => {
    const here = world();
    const importer = here.build();
    here.objects.unlistable = true;
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    const message = "DICOM import job has failed. The input folder cannot be listed: the bucket is gone";
    expect(await finish(here, jobId)).toMatchObject({ jobStatus: "FAILED", message });
    await importer.stop();
  });

  test("imports the rest of a folder with a part that cannot be read, which is one of the job's failures", async () => {
    const here = world();
    const importer = here.build();
    here.objects.faults.set("in/locked/", "the folder cannot be read (EACCES)");
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    expect(await finish(here, jobId)).toMatchObject({ jobStatus: "COMPLETED" });
    await importer.stop();
    const linesOf = (name: string): unknown[] => {
      const [, bytes] = [...here.objects.objects].find(([key]) => key.endsWith(name)) ?? [];
      const lines = Buffer.from(bytes ?? [])
        .toString()
        .split("\n");
      return lines.filter(Boolean).map((line) => JSON.parse(line) as unknown);
    };
    expect(linesOf("success.ndjson")).toHaveLength(2);
    expect(linesOf("failure.ndjson")).toEqual([
      {
        inputFile: "in/locked/",
        exception: {
          exceptionType: "InternalServerException",
          message: "Not read from the input bucket: the folder cannot be read (EACCES)",
        },
      },
    ]);
  });

  test("fails the job when one write fails, and does not go on", async () => {
    const here = world(12);
    const importer = here.build();
    here.blobs.failAfter = 2;
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    expect(await finish(here, jobId)).toMatchObject({ jobStatus: "FAILED" });
    await importer.stop();
    expect([...here.blobs.kept.keys()]).toEqual([]);
    expect(here.objects.reads).toBeLessThan(12);
  });

  test("fails before any work when the output folder cannot be written", async () => {
    const here = world();
    const importer = here.build();
    const outputS3Uri = "s3://bucket/a/../b";
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, outputS3Uri, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    const reason = "DICOM import job has failed. The output folder is not writable: a key has no ..";
    expect(await finish(here, jobId)).toMatchObject({ jobStatus: "FAILED", message: reason });
    expect(here.objects.reads).toBe(0);
    await importer.stop();
  });

  test("leaves the publication of a finished import to the next start when it is stopped", async () => {
    const here = world();
    const importer = here.build();
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    here.clock.advance(250);
    const isWritten = () => [...here.objects.objects.keys()].some((key) => key.endsWith("manifest.json"));
    await until(async () => isWritten(), Boolean);
    await importer.stop();
    expect(here.importJobs.get(CALLER, here.datastoreId, jobId).jobStatus).toBe("IN_PROGRESS");
    expect([...here.blobs.kept.keys()]).toEqual([]);
  });

  test("publishes nothing of a job that is cancelled while its manifest is written", async () => {
    const here = world();
    const importer = here.build();
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    const written = Promise.withResolvers<void>();
    here.objects.beforeWrite = async (key) => {
      if (!key.endsWith("manifest.json")) return;
      const cancelled = importer.cancel([jobId]);
      // However late the write itself is.
      setImmediate(() => void cancelled.then(written.resolve));
      await new Promise((resolve) => setImmediate(resolve));
    };
    importer.enqueue(jobId);
    here.clock.advance(250);
    await written.promise;
    here.clock.advance(10_000);
    const output = [...here.objects.objects.keys()].filter((key) => key.startsWith("out"));
    expect(output.map((key) => key.split("/").at(-1))).toEqual(["success.ndjson", "failure.ndjson"]);
    expect(here.importJobs.get(CALLER, here.datastoreId, jobId).jobStatus).toBe("IN_PROGRESS");
    expect([...here.blobs.kept.keys()]).toEqual([]);
    expect(importer.jobIds).toEqual([]);
  });

  test("never begins a job that is cancelled before it begins", async () => {
    const here = world();
    const importer = here.build();
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    expect(importer.jobIds).toEqual([jobId]);
    await importer.cancel([jobId]);
    here.clock.advance(10_000);
    expect(here.importJobs.get(CALLER, here.datastoreId, jobId).jobStatus).toBe("SUBMITTED");
    expect([importer.jobIds, here.objects.reads]).toEqual([[], 0]);
  });

  test.each(["SUBMITTED", "IN_PROGRESS"])("fails a job at the demand of a rule in %s", async (at) => {
    const here = world();
    const rules = createTransitions(here.clock);
    rules.addRule(({ from }) => (from === at ? { failure: "Access denied to the KMS key" } : "go"));
    const importer = here.build(rules);
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    const job = await finish(here, jobId);
    expect(job).toMatchObject({ jobStatus: "FAILED", message: "Access denied to the KMS key" });
    await importer.stop();
    expect([[...here.state.imageSets.values()], [...here.blobs.kept.keys()]]).toEqual([[], []]);
    const names = [...here.objects.objects.keys()];
    expect(names.filter((name) => name.endsWith("failure.ndjson"))).toHaveLength(1);
  });

  test("waits as long as a rule says, and longer where a rule holds the job", async () => {
    const here = world();
    const rules = createTransitions(here.clock);
    rules.addRule(({ from }) => (from === "SUBMITTED" ? { waitMs: 1_000 } : "go"));
    const remove = rules.addRule(({ to }) => (to === "COMPLETED" ? "hold" : "go"));
    const importer = here.build(rules);
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    here.clock.advance(1_249);
    expect(here.state.importJobs.get(jobId)?.jobStatus).toBe("SUBMITTED");
    here.clock.advance(1);
    here.clock.advance(1_000);
    await until(async () => rules.isHeld({ kind: "importJob", id: jobId }), Boolean);
    expect(here.state.importJobs.get(jobId)?.jobStatus).toBe("IN_PROGRESS");
    remove();
    expect(here.state.importJobs.get(jobId)?.jobStatus).toBe("COMPLETED");
    await importer.stop();
  });

  test("counts a file that cannot be read as the server's error", async () => {
    const here = world();
    const importer = here.build();
    here.objects.unreadable = "in/slice-001.dcm";
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    expect(await finish(here, jobId)).toMatchObject({ jobStatus: "COMPLETED" });
    const manifest = [...here.objects.objects].find(([key]) => key.endsWith("job-output-manifest.json"))?.[1];
    expect(JSON.parse(Buffer.from(manifest ?? "").toString())).toMatchObject({
      jobSummary: {
        numberOfScannedFiles: 2,
        numberOfImportedFiles: 1,
        numberOfFilesWithCustomerError: 0,
        numberOfFilesWithServerError: 1,
      },
    });
    await importer.stop();
  });

  test("reads a file after the one before it is stored, where the budget has room for only one", async () => {
    const here = world(6, 1_000);
    const importer = here.build();
    const keptAtRead: number[] = [];
    here.objects.onRead = () => keptAtRead.push(here.blobs.kept.size);
    const { jobId } = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    importer.enqueue(jobId);
    expect(await finish(here, jobId)).toMatchObject({ jobStatus: "COMPLETED" });
    expect(keptAtRead).toEqual([0, 1, 2, 3, 4, 5]);
    await importer.stop();
  });

  test("continues a job that a stop interrupted at any stage", async () => {
    const here = world();
    const stopped = here.build();
    const running = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    stopped.enqueue(running.jobId);
    here.clock.advance(250);
    const waiting = here.importJobs.submit(CALLER, { ...JOB, datastoreId: here.datastoreId });
    await stopped.stop();
    expect(here.importJobs.get(CALLER, here.datastoreId, running.jobId).jobStatus).toBe("IN_PROGRESS");
    const again = here.build();
    again.resume();
    expect(here.said).toEqual([
      `import job ${running.jobId} is IN_PROGRESS: resuming it`,
      `import job ${waiting.jobId} is SUBMITTED: resuming it`,
    ]);
    expect(await finish(here, running.jobId)).toMatchObject({ jobStatus: "COMPLETED" });
    expect(await finish(here, waiting.jobId)).toMatchObject({ jobStatus: "COMPLETED" });
    expect([...here.state.imageSets.values()]).toHaveLength(2);
    expect([...here.blobs.kept.keys()].filter((key) => key.includes("/frames/"))).toHaveLength(4);
    await again.stop();
  });
});
