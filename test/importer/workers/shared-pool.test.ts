import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createEmulator } from "../../../src/index.ts";
import { WorkerPool } from "../../../src/importer/workers/worker-pool.ts";
import { ManualClock } from "../../manual-clock.ts";
import { WORKER_ENTRY } from "../../worker-entry.ts";
import { ignore, openPool, order } from "./scripted-worker.ts";

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A task that ends when the test says so. */
async function createGate(): Promise<{ readonly task: ReturnType<typeof order>; open: () => Promise<void> }> {
  const path = join(await openFolder(), "open");
  return { task: order(`until ${path}`), open: () => writeFile(path, "") };
}

const SPOOL = { spoolFolder: "spool" };

describe("clients of one worker pool", () => {
  test("use the same workers", async () => {
    const pool = openPool({ size: 1 });
    const [first, second] = [pool.acquire(SPOOL), pool.acquire(SPOOL)];
    await first.process(order("do a"), ignore);
    expect([pool.workers, second.workers]).toEqual([1, 1]);
    await first.close();
    expect(await second.process(order("do b"), ignore)).toMatchObject({ kind: "instance" });
    expect(pool.workers).toBe(1);
  });

  test("keep each to its own limit of files in work", async () => {
    const pool = openPool({ size: 3 });
    const narrow = pool.acquire({ ...SPOOL, limit: 1 });
    const gate = await createGate();
    const files = [narrow.process(gate.task, ignore), narrow.process(order("do a"), ignore)];
    expect([pool.workers, narrow.workers, narrow.size]).toEqual([1, 1, 1]);
    const wide = pool.acquire(SPOOL);
    expect(await wide.process(order("do b"), ignore)).toMatchObject({ kind: "instance" });
    expect([pool.workers, narrow.workers, wide.workers]).toEqual([2, 1, 2]);
    await gate.open();
    expect((await Promise.all(files)).map(({ kind }) => kind)).toEqual(["instance", "instance"]);
  });

  test("may ask for more workers than the pool has by itself, while they are open", async () => {
    const pool = openPool({ size: 1 });
    const wide = pool.acquire({ ...SPOOL, limit: 3 });
    const gates = await Promise.all(Array.from({ length: 3 }, createGate));
    const files = gates.map(({ task }) => wide.process(task, ignore));
    expect([pool.size, pool.workers]).toEqual([3, 3]);
    await Promise.all(gates.map((gate) => gate.open()));
    await Promise.all(files);
    await wide.close();
    expect(pool.size).toBe(1);
  });

  test("take turns: many files of one do not hold up the file of another", async () => {
    const pool = openPool({ size: 1 });
    const [busy, other] = [pool.acquire(SPOOL), pool.acquire(SPOOL)];
    const done: string[] = [];
    const follow = async (name: string, client = busy): Promise<void> => {
      await client.process(order("do a"), ignore);
      done.push(name);
    };
    const many = Array.from({ length: 20 }, () => follow("busy"));
    await Promise.all([...many, follow("other", other), follow("other", other)]);
    expect(done.slice(0, 5)).toEqual(["busy", "other", "busy", "other", "busy"]);
  });

  test("close without disturbing the files of another, in work or waiting", async () => {
    const pool = openPool({ size: 2 });
    const [closing, other] = [pool.acquire(SPOOL), pool.acquire(SPOOL)];
    const gate = await createGate();
    const lost = [
      closing.process(order("hang"), ignore),
      other.process(gate.task, ignore),
      closing.process(order("do a"), ignore),
    ];
    const waiting = other.process(order("do b"), ignore);
    const [hung, inWork, queued] = lost.map((outcome) => outcome.catch(String));
    await closing.close();
    expect([await hung, await queued].map(String)).toEqual(Array(2).fill(expect.stringContaining("closed")));
    expect(await waiting).toMatchObject({ kind: "instance" });
    await gate.open();
    expect(await inWork).toMatchObject({ kind: "instance" });
    await expect(closing.process(order("do c"), ignore)).rejects.toThrow("closed");
  });

  test("cancel the files of an owner without disturbing another client's of the same owner", async () => {
    const pool = openPool({ size: 2 });
    const [cancelling, other] = [pool.acquire(SPOOL), pool.acquire(SPOOL)];
    const owner = {};
    const gate = await createGate();
    const given = cancelling.process(order("loop"), ignore, owner);
    const kept = other.process(gate.task, ignore, owner);
    const rejected = expect(given).rejects.toThrow("abandoned");
    cancelling.cancel(owner);
    await rejected;
    await gate.open();
    expect(await kept).toMatchObject({ kind: "instance" });
  });

  test("keep frames in a folder for each client, and leave no frame there that was not handed on", async () => {
    const pool = openPool({ size: 1 });
    const folders = [await openFolder(), await openFolder()];
    const [first, second] = folders.map((spoolFolder) => pool.acquire({ spoolFolder }));
    if (first === undefined || second === undefined) throw new Error("two clients are expected");
    const paths: string[] = [];
    const keep = (path: string): void => void paths.push(path);
    await second.process(order("do a"), ignore);
    const stuck = first.process(order("spool hang"), (path) => {
      keep(path);
      void first.close();
    });
    await expect(stuck).rejects.toThrow("closed");
    await first.close();
    await second.process(order("spool crash"), keep);
    const left = await Promise.all(folders.map(async (folder) => readdir(folder)));
    expect(left.map(([name = ""]) => name)).toEqual(paths.map((path) => basename(path)));
    expect(left.flat()).toHaveLength(2);
  });
});

describe("an idle worker", () => {
  test("ends after its idle time, also while a client is open, and another is started for the next file", async () => {
    const clock = new ManualClock();
    const pool = openPool({ size: 1, clock, idleMs: 5_000 });
    const client = pool.acquire(SPOOL);
    await client.process(order("do a"), ignore);
    clock.advance(4_999);
    await client.process(order("do b"), ignore);
    clock.advance(4_999);
    expect(pool.workers).toBe(1);
    clock.advance(1);
    expect(pool.workers).toBe(0);
    expect(await client.process(order("do c"), ignore)).toMatchObject({ kind: "instance" });
  });

  test("outlives the last client, for the next one", async () => {
    const clock = new ManualClock();
    const pool = openPool({ size: 1, clock, idleMs: 5_000 });
    const client = pool.acquire(SPOOL);
    await client.process(order("do a"), ignore);
    await client.close();
    clock.advance(4_999);
    expect(pool.acquire(SPOOL).workers).toBe(1);
  });
});

describe("warming up", () => {
  test("starts one worker in the background, which takes the first file", async () => {
    const clock = new ManualClock();
    const pool = openPool({ size: 2, clock });
    const client = pool.acquire(SPOOL);
    client.warmUp();
    client.warmUp();
    expect(pool.workers).toBe(0);
    clock.advance(0);
    expect(pool.workers).toBe(1);
    expect(await client.process(order("do a"), ignore)).toMatchObject({ kind: "instance" });
    expect(pool.workers).toBe(1);
  });

  test("keeps an idle worker for another idle time", () => {
    const clock = new ManualClock();
    const pool = openPool({ size: 2, clock, idleMs: 5_000 });
    const client = pool.acquire(SPOOL);
    client.warmUp();
    clock.advance(4_999);
    client.warmUp();
    clock.advance(4_999);
    expect(pool.workers).toBe(1);
    clock.advance(1);
    expect(pool.workers).toBe(0);
  });

  test("starts nothing once the client is closed", async () => {
    const clock = new ManualClock();
    const pool = openPool({ clock });
    const client = pool.acquire(SPOOL);
    client.warmUp();
    await client.close();
    client.warmUp();
    clock.advance(1_000);
    expect(pool.workers).toBe(0);
  });

  test.each(["at once", "later"])("does not change the outcome of a file that comes %s", async (when) => {
    const clock = new ManualClock();
    const pool = new WorkerPool(WORKER_ENTRY, { size: 1, clock });
    const client = pool.acquire({ spoolFolder: await openFolder() });
    onTestFinished(() => client.close());
    client.warmUp();
    clock.advance(0);
    if (when === "later") await client.process({ bytes: new Uint8Array(1) }, ignore);
    const [{ bytes } = { bytes: new Uint8Array() }] = createSampleSeries(1);
    const frames: string[] = [];
    const keep = (_: string, frameId: string): void => void frames.push(frameId);
    const outcome = await client.process({ bytes: new Uint8Array(bytes) }, keep);
    expect(outcome).toMatchObject({ kind: "instance", instance: { frameIds: frames } });
    expect(frames).toHaveLength(1);
  });
});

test.each([0, -1, 2, 1_048_575, 1.5, Number.NaN, Infinity])(
  "an importMemory of %s is refused, as --import-memory refuses it",
  async (importMemory) => {
    const options: object = { importMemory };
    await expect(createEmulator(options)).rejects.toThrow(
      `importMemory expects a whole number of bytes, at least 1048576 (1 MiB), got ${importMemory}`,
    );
  },
);

test("an importMemory that is a string is refused", async () => {
  const options: object = { importMemory: "2GB" };
  await expect(createEmulator(options)).rejects.toThrow(
    "importMemory of createEmulator expects a number, got a string",
  );
});

test.each([0, -1, 1.5, Number.NaN])(
  "a pool of %s workers is refused, since a file would wait for a worker without end",
  async (workers) => {
    await expect(createEmulator({ workers })).rejects.toThrow(
      `workers expects a whole number from 1 on, got ${workers}`,
    );
  },
);
