import { systemClock } from "../../../src/domain/time/system-clock.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { behavioursOf } from "../../../src/api/releases/behaviours.ts";
import { DEFAULT_RELEASE } from "../../../src/api/releases/service-release.ts";
import type { ObjectSource, ObjectStore } from "../../../src/domain/objects.ts";
import { foldersOf } from "../../../src/domain/import-jobs/import-job.ts";
import { importLimits } from "../../../src/domain/import-jobs/import-limits.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { ByteBudget } from "../../../src/importer/workers/import-memory.ts";
import { NO_JOB_RECORDS } from "../../../src/domain/import-jobs/job-records.ts";
import { FilesInHand, Turns } from "../../../src/importer/files-in-hand.ts";
import { Ledger, type JobResult } from "../../../src/importer/job-report.ts";
import { runImport } from "../../../src/importer/run-import.ts";
import { WorkerPool } from "../../../src/importer/workers/worker-pool.ts";
import { type Corpus, readFrom } from "../../corpus/corpus.ts";
import { WORKER_ENTRY } from "../../worker-entry.ts";
import { MemoryBlobs } from "../memory-blobs.ts";
import { mutate } from "./mutate.ts";

/** Larger files say no more and take longer. */
const MAX_FILE_BYTES = 600_000;

export interface FuzzRun {
  readonly result: JobResult;
  /** The most that the process had more than at the start. */
  readonly peakGrowthBytes: number;
  /** Files whose worker had to be given up. */
  readonly hung: number;
}

/** Frames are counted in, not kept. */
class FramelessBlobs extends MemoryBlobs {
  override async write(key: string, bytes: Uint8Array): Promise<void> {
    await super.write(key, key.includes("/frames/") ? new Uint8Array() : bytes);
  }
}

/** A folder of damaged copies, each made when it is read. */
class MutatedObjects implements ObjectStore {
  readonly #originals: readonly Uint8Array[];
  readonly #count: number;
  readonly #seed: number;
  readonly #startBytes = process.memoryUsage.rss();
  peakGrowthBytes = 0;

  constructor(originals: readonly Uint8Array[], count: number, seed: number) {
    this.#originals = originals;
    this.#count = count;
    this.#seed = seed;
  }

  async bucketExists(): Promise<boolean> {
    return true;
  }

  async *list() {
    for (let index = 0; index < this.#count; index++) yield { key: `in/${index}`, byteLength: 1 };
  }

  async locate(_bucket: string, key: string): Promise<ObjectSource> {
    this.peakGrowthBytes = Math.max(this.peakGrowthBytes, process.memoryUsage.rss() - this.#startBytes);
    const index = Number(key.slice("in/".length));
    const original = this.#originals[index % this.#originals.length] ?? new Uint8Array();
    return { bytes: mutate(original, this.#seed * 1_000_003 + index) };
  }

  checkWritable(): void {}

  async write(): Promise<void> {}
}

/** One job over `count` damaged copies of the files, through real workers. */
export async function fuzzImport(
  corpus: Corpus,
  { count, seed, workers }: { count: number; seed: number; workers: number },
): Promise<FuzzRun> {
  const originals = corpus.files
    .map((file) => readFrom(corpus, file))
    .filter(({ length }) => length <= MAX_FILE_BYTES);
  const objects = new MutatedObjects(originals, count, seed);
  const ledger = new Ledger();
  const spoolFolder = await mkdtemp(join(tmpdir(), "healthimaging-local-fuzz-"));
  const pool = new WorkerPool(WORKER_ENTRY, { size: workers, maxSilenceMs: 20_000 });
  const client = pool.acquire({ spoolFolder });
  let last = 0;
  const parts = {
    folders: foldersOf(JOB),
    objects,
    ledger,
    clock: systemClock,
    inHand: new FilesInHand(NO_JOB_RECORDS.of(JOB), new Turns()),
    workers: client,
    manifests: { write: (_: unknown, write: () => Promise<void>) => write() },
    signal: new AbortController().signal,
    fileBudget: new ByteBudget(2 ** 30),
    blobs: new FramelessBlobs(),
    bucketOwners: new Map(),
    behaviours: behavioursOf(DEFAULT_RELEASE),
    createId: () => String(++last).padStart(32, "0"),
    limits: {
      ...importLimits(new Quotas(), { account: "000000000000", region: "us-east-1" }),
      maxFiles: count,
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  try {
    await runImport(parts, JOB, { account: "000000000000", region: "us-east-1" });
  } finally {
    await client.close();
    await rm(spoolFolder, { recursive: true });
  }
  const result = ledger.result();
  const hung = result.failures.filter(({ failure }) => failure.message.includes("not heard of")).length;
  return { result, peakGrowthBytes: objects.peakGrowthBytes, hung };
}

const JOB = {
  jobId: "1",
  datastoreId: "1",
  jobName: null,
  jobStatus: "IN_PROGRESS",
  dataAccessRoleArn: "r",
  inputS3Uri: "s3://bucket/in/",
  outputS3Uri: "s3://bucket/out/",
  inputOwnerAccountId: null,
  submittedAt: 0,
  startedAt: 0,
  endedAt: null,
  message: null,
} as const;
