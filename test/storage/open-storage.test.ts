import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStorage } from "../../src/storage/open-storage.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };

test("what a stopped process left in the spool folder is gone at the next start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const first = await openStorage(folder, LOG);
  await writeFile(join(first.spoolFolder, "frame"), "x");
  await first.close();
  const second = await openStorage(folder, LOG);
  expect(await readdir(second.spoolFolder)).toEqual([]);
  await second.close();
});

test("a temporary storage has a spool folder too", async () => {
  const storage = await openStorage(undefined, LOG);
  expect(await readdir(storage.spoolFolder)).toEqual([]);
  await storage.close();
});
