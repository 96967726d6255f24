import { expect, test } from "vitest";
import { behavioursOf } from "../../src/api/releases/behaviours.ts";
import { DEFAULT_RELEASE } from "../../src/api/releases/service-release.ts";
import { foldersOf, type ImportJob } from "../../src/domain/import-jobs/import-job.ts";
import type { Log } from "../../src/domain/log.ts";
import type { ObjectSource, ObjectStore } from "../../src/domain/objects.ts";
import { ByteBudget } from "../../src/importer/workers/import-memory.ts";
import { storeFile, type StoredFile } from "../../src/importer/store-file.ts";
import { MemoryBlobs } from "./memory-blobs.ts";
import { ignore, openPool, order } from "./workers/scripted-worker.ts";

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };
const JOB: ImportJob = {
  jobId: "job",
  jobName: "job",
  jobStatus: "IN_PROGRESS",
  datastoreId: "datastore",
  dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
  inputS3Uri: "s3://bucket/in/",
  outputS3Uri: "s3://bucket/out/",
  inputOwnerAccountId: null,
  submittedAt: 0,
  startedAt: 0,
  endedAt: null,
  message: null,
};

/** Gives the same order at each call. */
class OneObject implements ObjectStore {
  readonly #text: string;
  located = 0;

  constructor(text: string) {
    this.#text = text;
  }

  async bucketExists(): Promise<boolean> {
    return true;
  }

  async *list(): AsyncGenerator<never> {}

  async locate(): Promise<ObjectSource> {
    this.located += 1;
    return order(this.#text);
  }

  checkWritable(): void {}

  async write(): Promise<void> {}
}

/** By a pool of one worker, which ends at its second file. */
async function storeByEndingWorker(objects: ObjectStore): Promise<StoredFile> {
  const workers = openPool({ size: 1 }).acquire({ spoolFolder: "spool" });
  await workers.process(order("end-later"), ignore);
  const MANY = Number.MAX_SAFE_INTEGER;
  const limits = {
    maxFiles: MANY,
    maxTotalBytes: MANY,
    maxFolders: MANY,
    maxFileBytes: MANY,
    maxMetadataBytes: MANY,
  };
  const parts = { folders: foldersOf(JOB), objects, blobs: new MemoryBlobs(), workers, log: SILENT, limits };
  return storeFile(
    {
      ...parts,
      signal: new AbortController().signal,
      fileBudget: new ByteBudget(MANY),
      behaviours: behavioursOf(DEFAULT_RELEASE),
    },
    JOB,
    {
      key: "in/1.dcm",
      byteLength: 4,
    },
  );
}

test("a file that an ended worker never began is given to another one", async () => {
  const objects = new OneObject("do a");
  expect(await storeByEndingWorker(objects)).toMatchObject({ kind: "instance" });
  expect(objects.located).toBe(2);
});

test("a file that ends two workers is a failure", async () => {
  const objects = new OneObject("crash");
  expect(await storeByEndingWorker(objects)).toMatchObject({
    kind: "failure",
    failure: { message: "The file could not be processed: stopped" },
  });
  expect(objects.located).toBe(2);
});
