import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unlinkSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { FrameCredit } from "../../../src/importer/workers/frame-spool.ts";
import { WorkerPool } from "../../../src/importer/workers/worker-pool.ts";
import { dicomFile, imageElements, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { WORKER_ENTRY } from "../../worker-entry.ts";

const MAX_UNTAKEN = 16;

describe("frames between a worker and the main thread", () => {
  test("are produced only as fast as they are taken", async () => {
    const spoolFolder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    onTestFinished(() => rm(spoolFolder, { recursive: true }));
    const pool = new WorkerPool(WORKER_ENTRY, { size: 1 }).acquire({ spoolFolder });
    onTestFinished(() => pool.close());
    const untaken: string[] = [];
    const taken: (() => void)[] = [];
    let most = 0;
    const take = (): void => {
      for (const path of untaken.splice(0)) unlinkSync(path);
      for (const resolve of taken.splice(0)) resolve();
    };
    const onFrame = async (path: string): Promise<void> => {
      untaken.push(path);
      const isTaken = new Promise<void>((resolve) => taken.push(resolve));
      if (untaken.length === MAX_UNTAKEN) {
        // Were the worker not waiting, more would come meanwhile.
        for (let turn = 0; turn < 100; turn++) await nextTurn();
        most = Math.max(most, (await readdir(spoolFolder)).length);
        take();
      }
      await isTaken;
    };
    const pixelData = new Uint8Array(200);
    const image = imageElements({ rows: 1, columns: 1, numberOfFrames: pixelData.length, pixelData });
    const bytes = dicomFile(instanceElements(...image));
    const outcome = await pool.process({ bytes }, onFrame);
    take();
    expect(outcome).toMatchObject({ kind: "instance" });
    expect(most).toBe(MAX_UNTAKEN);
  });

  test("make the worker wait until one is taken, and not twice for the same one", async () => {
    const credit = new FrameCredit();
    for (let frame = 0; frame < MAX_UNTAKEN; frame++) await credit.spend();
    let spent = 0;
    const spending = [1, 2].reduce(async (before) => {
      await before;
      await credit.spend();
      spent += 1;
    }, Promise.resolve());
    await nextTurn();
    expect(spent).toBe(0);
    credit.giveBack();
    await nextTurn();
    expect(spent).toBe(1);
    credit.giveBack();
    await spending;
    expect(spent).toBe(2);
  });
});
