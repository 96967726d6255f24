import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { PoolClient } from "../../../src/importer/workers/worker-pool.ts";
import { WorkerPool, type PoolOptions } from "../../../src/importer/workers/worker-pool.ts";
import { ManualClock } from "../../manual-clock.ts";
import { ignore, openPool, order, SCRIPTED_ENTRY } from "./scripted-worker.ts";

/** The only client of a pool. */
const open = (size: number, { spoolFolder = "spool", ...options }: OpenOptions = {}): PoolClient =>
  openPool({ size, ...options }).acquire({ spoolFolder });

type OpenOptions = Partial<PoolOptions> & { readonly spoolFolder?: string };

describe("the worker pool", () => {
  test("starts no worker before there is work, and no more than its size", async () => {
    const pool = open(2);
    expect(pool.workers).toBe(0);
    const outcomes = await Promise.all(
      Array.from({ length: 9 }, (_, i) => pool.process(order(`do ${i}`), ignore)),
    );
    expect(outcomes.map((outcome) => outcome.kind === "instance" && outcome.instance.sopInstanceUID)).toEqual(
      Array.from({ length: 9 }, (_, i) => String(i)),
    );
    expect(pool.workers).toBe(2);
  });

  test("hands each frame on before the outcome", async () => {
    const seen: string[] = [];
    await open(1).process(order("frames 3"), (path) => void seen.push(path));
    expect(seen).toEqual(["spool/task-1-1", "spool/task-1-2", "spool/task-1-3"]);
  });

  test.each([
    ["crash", "stopped"],
    ["throw", "out of luck"],
  ])("loses only the file of a worker that ends by %s", async (how, reason) => {
    const pool = open(1);
    const [bad, last] = await Promise.all([
      pool.process(order(how), ignore),
      pool.process(order("do b"), ignore),
    ]);
    expect(last.kind).toBe("instance");
    expect(bad).toEqual({
      kind: "failure",
      failure: { exceptionType: "InternalServerException", message: expect.stringContaining(reason) },
    });
  });

  test.each(["crash", "hang"])("keeps only the frames that a worker handed on before a %s", async (how) => {
    const spoolFolder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    onTestFinished(() => rm(spoolFolder, { recursive: true }));
    const pool = open(1, { spoolFolder });
    const owner = {};
    const paths: string[] = [];
    const keep = (path: string): void => {
      paths.push(path);
      if (how === "hang") pool.cancel(owner);
    };
    await pool.process(order(`spool ${how}`), keep, owner).catch(ignore);
    await pool.close();
    expect(await readdir(spoolFolder)).toEqual(paths.map((path) => basename(path)));
  });

  test("says that a file is lost where a worker that was idle ends before it says a word of it", async () => {
    const pool = open(1);
    await pool.process(order("end-later"), ignore);
    const lost = await pool.process(order("do a"), ignore);
    expect(lost).toMatchObject({ kind: "lost", failure: { message: expect.stringContaining("stopped") } });
    expect(await pool.process(order("do b"), ignore)).toMatchObject({ kind: "instance" });
  });

  test("fails files where a worker cannot be started, and goes on when one can", async () => {
    const entry = new URL("http://localhost/no-script-of-a-thread");
    const pool = new WorkerPool(entry, { size: 1 });
    const client = pool.acquire({ spoolFolder: "spool" });
    onTestFinished(() => client.close());
    const files = ["do a", "do b"].map((text) => client.process(order(text), ignore));
    for (const outcome of await Promise.all(files))
      expect(outcome).toMatchObject({
        kind: "failure",
        failure: { message: expect.stringContaining("a worker cannot be started") },
      });
    entry.href = SCRIPTED_ENTRY.href;
    expect(await client.process(order("do c"), ignore)).toMatchObject({ kind: "instance" });
  });

  test("has files wait for a busy worker where no other can be started", async () => {
    const entry = new URL(SCRIPTED_ENTRY);
    const client = new WorkerPool(entry, { size: 2 }).acquire({ spoolFolder: "spool" });
    onTestFinished(() => client.close());
    const first = client.process(order("do a"), ignore);
    entry.href = "http://localhost/no-script-of-a-thread";
    const second = client.process(order("do b"), ignore);
    expect([(await first).kind, (await second).kind]).toEqual(["instance", "instance"]);
    expect(client.workers).toBe(1);
  });

  test("fails a file whose bytes cannot be handed over, and goes on", async () => {
    const pool = open(1);
    const bytes = order("do a");
    await pool.process(bytes, ignore);
    expect(await pool.process(bytes, ignore)).toMatchObject({ kind: "failure" });
    expect(await pool.process(order("do b"), ignore)).toMatchObject({ kind: "instance" });
  });

  test("replaces a worker that is worn out", async () => {
    const pool = open(1);
    await pool.process(order("wear"), ignore);
    expect(await pool.process(order("do a"), ignore)).toMatchObject({ kind: "instance" });
  });

  test("stops a worker in an endless loop, which costs only its own file", async () => {
    const clock = new ManualClock();
    const pool = open(1, { clock, maxSilenceMs: 60_000 });
    const bad = pool.process(order("loop"), ignore);
    const next = pool.process(order("do b"), ignore);
    clock.advance(59_999);
    expect(await Promise.race([bad, Promise.resolve("not yet")])).toBe("not yet");
    clock.advance(1);
    expect(await bad).toEqual({
      kind: "failure",
      failure: {
        exceptionType: "InternalServerException",
        message: "The file could not be processed: its worker did not respond for 60 seconds",
      },
    });
    expect(await next).toMatchObject({ kind: "instance" });
  });

  test("waits for a worker that goes on sending frames", async () => {
    const clock = new ManualClock();
    const pool = open(1, { clock, maxSilenceMs: 60_000 });
    const outcome = pool.process(order("frames 3"), () => clock.advance(59_000));
    expect(await outcome).toMatchObject({ kind: "instance" });
    clock.advance(600_000);
    expect(await pool.process(order("do b"), ignore)).toMatchObject({ kind: "instance" });
    expect(pool.workers).toBe(1);
  });

  test("cancels its work when it is closed", async () => {
    const pool = open(1);
    const given = [pool.process(order("hang"), ignore), pool.process(order("do a"), ignore)];
    const ends = Promise.all(given.map((outcome) => expect(outcome).rejects.toThrow("closed")));
    await pool.close();
    await ends;
    await expect(pool.process(order("do b"), ignore)).rejects.toThrow("closed");
  });

  test("cancels the files of one owner at once, and completes those of others", async () => {
    const pool = open(2);
    const owner = {};
    const givenUp = ["hang", "loop", "do a", "frames 3"].map((text) =>
      pool.process(order(text), ignore, owner),
    );
    const others = [pool.process(order("do b"), ignore, {}), pool.process(order("do c"), ignore)];
    pool.cancel(owner);
    const outcomes = await Promise.allSettled(givenUp);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
    expect((await Promise.all(others)).map(({ kind }) => kind)).toEqual(["instance", "instance"]);
    pool.cancel(owner);
    expect(await pool.process(order("do d"), ignore, owner)).toMatchObject({ kind: "instance" });
  });
});
