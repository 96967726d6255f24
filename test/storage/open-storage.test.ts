import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStorage } from "../../src/storage/open-storage.ts";
import { datastore } from "./documents.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };

test("files that a stopped process left in the spool folder are deleted at the next start", async () => {
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

test("a data folder that is moved away is not created again: changes are refused, and kept when the folder is back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const storage = await openStorage(folder, LOG);
  const { state, blobs } = storage.generation;
  await rename(folder, `${folder}-moved`);
  state.update(({ datastores }) => datastores.put(datastore("a")));
  await expect(state.durable()).rejects.toMatchObject({
    hint: "the data folder is not writable: it no longer exists",
  });
  await expect(blobs.write("datastores/a/frames/f.jhc", new Uint8Array(1))).rejects.toThrow("ENOENT");
  await expect(storage.check()).rejects.toThrow();
  await expect(readdir(folder)).rejects.toThrow("ENOENT");
  await rename(`${folder}-moved`, folder);
  await state.durable();
  expect(await readdir(join(folder, "datastores", "a"))).toEqual(["datastore.json"]);
  await storage.close();
});

test("a new generation in a temporary storage accepts blobs", async () => {
  const storage = await openStorage(undefined, LOG);
  const { blobs } = storage.beginGeneration();
  await blobs.write("datastores/a/frames/f.jhc", Uint8Array.of(1));
  expect([...(await blobs.read("datastores/a/frames/f.jhc"))]).toEqual([1]);
  await storage.close();
});
