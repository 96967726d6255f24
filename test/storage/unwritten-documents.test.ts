import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStorage } from "../../src/storage/open-storage.ts";
import { datastore } from "./documents.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };

test("a check says why a document could not be written, and writes it once that is possible", async () => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const storage = await openStorage(folder, LOG);
  onTestFinished(() => storage.close());
  const { state } = storage.generation;
  await storage.check();
  const obstacle = join(folder, "datastores", "a");
  await mkdir(join(folder, "datastores"), { recursive: true });
  await writeFile(obstacle, "");
  state.update(({ datastores }) => datastores.put(datastore("a")));
  await expect(state.durable()).rejects.toThrow();
  await expect(storage.check()).rejects.toThrow(/^1 document could not be written: \S/);
  await rm(obstacle);
  await storage.check();
  await state.durable();
});
