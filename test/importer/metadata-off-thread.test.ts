import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ImageSetDrafts } from "../../src/importer/image-set-drafts.ts";
import type { PoolClient } from "../../src/importer/workers/worker-pool.ts";
import { WorkerPool } from "../../src/importer/workers/worker-pool.ts";
import { WORKER_ENTRY } from "../worker-entry.ts";
import { MemoryBlobs } from "./memory-blobs.ts";
import { withPrivateElements } from "./private-elements.ts";

const ELEMENTS = 400_000;

async function openPool(): Promise<PoolClient> {
  const spoolFolder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  const pool = new WorkerPool(WORKER_ENTRY, { size: 1 }).acquire({ spoolFolder });
  onTestFinished(async () => {
    await pool.close();
    await rm(spoolFolder, { recursive: true });
  });
  return pool;
}

const millisecondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;

describe("the metadata of a file", () => {
  test(`of ${ELEMENTS} private elements costs the main thread next to nothing`, async () => {
    const pool = await openPool();
    const bytes = withPrivateElements(ELEMENTS);
    const blobs = new MemoryBlobs();
    const createId = (): string => "1";
    const drafts = new ImageSetDrafts({ datastoreId: "d", maxMetadataBytes: Infinity, createId, blobs });
    const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
    const outcome = await pool.process({ bytes }, () => {});
    if (outcome.kind !== "instance") throw new Error(JSON.stringify(outcome));
    await drafts.add({ ...outcome.instance, index: 0 });
    await drafts.all()[0]?.finish(blobs);
    const mine = millisecondsOf(process.threadCpuUsage(own));
    expect(mine / millisecondsOf(process.cpuUsage(all))).toBeLessThan(0.1);
    const [document = new Uint8Array()] = blobs.kept.values();
    const { Study } = JSON.parse(Buffer.from(document).toString());
    expect(Object.keys(Study.Series["1.2.3.4.2"].Instances["1.2.3.4.3"].DICOM).length).toBeGreaterThan(
      ELEMENTS,
    );
  });

  test("that is larger than it may be is refused by the worker, before any of it is handed over", async () => {
    const pool = await openPool();
    const bytes = withPrivateElements(1_000);
    expect(await pool.process({ bytes, maxMetadataBytes: 31_000 }, () => {})).toMatchObject({
      kind: "failure",
      failure: {
        exceptionType: "ValidationException",
        message: expect.stringMatching(
          /^The metadata of its image set has at least \d+ bytes, at most 31000 are allowed$/,
        ),
      },
    });
  });
});
