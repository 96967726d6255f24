import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { EXPLICIT_VR_LITTLE_ENDIAN } from "../../../src/api/transfer-syntaxes.ts";
import { FrameMemory, memoryOfFrame } from "../../../src/importer/workers/import-memory.ts";
import { WorkerPool } from "../../../src/importer/workers/worker-pool.ts";
import { WARM_UP_SHAPE } from "../../../src/importer/workers/warm-up-frame.ts";
import { dicomFile, imageElements, instanceElements } from "../../imaging/dicom/write-dicom.ts";
import { ManualClock } from "../../manual-clock.ts";
import { WORKER_ENTRY } from "../../worker-entry.ts";
import { ignore, openPool, order } from "./scripted-worker.ts";

const NATIVE = EXPLICIT_VR_LITTLE_ENDIAN;
const MEBIBYTE = 2 ** 20;

describe("the memory of frames", () => {
  test("is requested for large frames, and not for every small one", async () => {
    const asked: number[] = [];
    const memory = new FrameMemory(2 ** 30, async (bytes) => void asked.push(bytes));
    await memory.take(WARM_UP_SHAPE, NATIVE);
    expect(asked).toEqual([]);
    const large = { ...WARM_UP_SHAPE, rows: 8_192, columns: 8_192 };
    await memory.take(large, NATIVE);
    expect(asked).toEqual([memoryOfFrame(large, NATIVE)]);
    expect(asked[0]).toBeGreaterThan(4 * 8_192 * 8_192 * 2);
  });

  test("includes that of a decoder, for encapsulated frames other than run lengths", () => {
    const shape = { ...WARM_UP_SHAPE, bitsAllocated: 8 };
    const native = memoryOfFrame(shape, NATIVE);
    const runLengths = memoryOfFrame(shape, "1.2.840.10008.1.2.5");
    const jpeg = memoryOfFrame(shape, "1.2.840.10008.1.2.4.50");
    const jpeg2000 = memoryOfFrame(shape, "1.2.840.10008.1.2.4.90");
    expect(runLengths).toBe(native);
    const samples = WARM_UP_SHAPE.rows * WARM_UP_SHAPE.columns;
    expect(jpeg).toBeGreaterThanOrEqual(native + 2 * samples);
    expect(jpeg2000).toBeGreaterThanOrEqual(native + 4 * samples);
  });

  test("that is too small for a frame makes a failure that names the setting", async () => {
    const spoolFolder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    onTestFinished(() => rm(spoolFolder, { recursive: true }));
    const pool = new WorkerPool(WORKER_ENTRY, { size: 1 });
    const client = pool.acquire({ spoolFolder, maxMemoryBytes: MEBIBYTE });
    onTestFinished(() => client.close());
    const image = { rows: 1_024, columns: 1_024, pixelData: new Uint8Array(MEBIBYTE) };
    const bytes = dicomFile(instanceElements(...imageElements(image)));
    expect(await client.process({ bytes }, ignore)).toMatchObject({
      kind: "failure",
      failure: {
        exceptionType: "InternalServerException",
        message:
          "The file could not be processed: A frame of 1024x1024x1 samples needs up to 5 MiB to import, and " +
          "imports have 1 MiB: raise --import-memory",
      },
    });
  });

  test("is given to as many workers as it suffices for", async () => {
    const pool = openPool({ size: 3 }).acquire({ spoolFolder: "spool", maxMemoryBytes: 100 });
    const begun: string[] = [];
    const owner = {};
    const { promise: isHeld, resolve } = Promise.withResolvers<void>();
    const first = pool.process(order("hold-memory 60"), () => resolve(), owner);
    await isHeld;
    const ask = async (bytes: number): Promise<void> => {
      await pool.process(order(`memory ${bytes}`), () => void begun.push(String(bytes)));
    };
    await ask(40);
    const large = ask(100);
    expect(begun).toEqual(["40"]);
    const ended = expect(first).rejects.toThrow("abandoned");
    pool.cancel(owner);
    await Promise.all([ended, large]);
    expect(begun).toEqual(["40", "100"]);
  });

  test("is returned by a worker that ends, by age or by a crash", async () => {
    const pool = openPool({ size: 2 }).acquire({ spoolFolder: "spool", maxMemoryBytes: 100 });
    for (const how of ["wear-memory 100", "crash-memory 100", "memory 100", "memory 100"])
      expect(await pool.process(order(how), ignore)).toMatchObject({
        kind: how.startsWith("crash") ? "failure" : "instance",
      });
  });

  test("can keep a worker waiting, which is not stopped for its silence", async () => {
    const clock = new ManualClock();
    const pool = openPool({ size: 2, clock, maxSilenceMs: 1_000 }).acquire({
      spoolFolder: "spool",
      maxMemoryBytes: 100,
    });
    const owner = {};
    const { promise: isHeld, resolve } = Promise.withResolvers<void>();
    const holding = pool.process(order("hold-memory 100"), () => resolve(), owner);
    await isHeld;
    const waiting = pool.process(order("memory 100"), ignore);
    const ended = expect(holding).rejects.toThrow("abandoned");
    // Both are silent; the one that holds the memory is given up before its time.
    clock.advance(999);
    pool.cancel(owner);
    await ended;
    expect(await waiting).toMatchObject({ kind: "instance" });
  });
});
