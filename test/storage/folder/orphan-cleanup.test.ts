import { mkdir, mkdtemp, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStorage } from "../../../src/storage/open-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { posixPath } from "../../../tools/posix-path.ts";
import { datastore, imageSet } from "../documents.ts";

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const idOf = (letter: string): string => letter.repeat(32);
const [STORE, SET, DELETED, HALF] = ["a", "b", "c", "d"].map(idOf) as [string, string, string, string];
const place = `datastores/${STORE}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const REFERRED_TO = [
  `${place}/datastore.json`,
  `${place}/frames/${idOf("1")}.jhc`,
  `${place}/image-sets/${DELETED}/image-set.json`,
  `${place}/image-sets/${SET}/image-set.json`,
  `${place}/image-sets/${SET}/metadata-1.json`,
];
const LEFT = [
  `${place}/.datastore.json.tmp`,
  `${place}/import-jobs/.j.json.tmp`,
  `${place}/frames/${idOf("2")}.jhc`,
  `${place}/frames/.${idOf("3")}.jhc.tmp`,
  `${place}/image-sets/${SET}/metadata-2.json`,
  `${place}/image-sets/${SET}/.image-set.json.tmp`,
  `${place}/image-sets/${DELETED}/metadata-1.json`,
  `${place}/image-sets/${HALF}/draft-0.json`,
  `${place}/image-sets/${HALF}/metadata-1.json`,
  "datastores/.commits/.000000001.json.tmp",
];
/** Of a job that no longer exists. */
const RECORD = `${place}/import-jobs/${HALF}.in-hand.ndjson`;
/** Files with an unknown owner. */
const FOREIGN = [`${place}/notes.txt`, `${place}/frames/notes.txt`, `${place}/image-sets/${SET}/notes.json`];

async function put(files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), "x");
  }
}

async function filesOf(): Promise<string[]> {
  const entries = await readdir(join(folder, "datastores"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => posixPath(relative(folder, join(entry.parentPath, entry.name))))
    .toSorted();
}

/** A folder whose process was killed, with what it needs. */
async function killed(): Promise<void> {
  const storage = await openStorage(folder, SILENT);
  const { state, blobs } = storage.generation;
  await blobs.write(`${place}/frames/${idOf("1")}.jhc`, new Uint8Array([1]));
  await blobs.write(`${place}/image-sets/${SET}/metadata-1.json`, new Uint8Array([2]));
  state.update(({ datastores, imageSets }) => {
    datastores.put(datastore(STORE));
    imageSets.put(imageSet(SET, STORE, { frameIds: [idOf("1")] }));
    const { versions, ...gone } = imageSet(DELETED, STORE, { deletedAt: 7 });
    const deleted = { imageSetState: "DELETED", imageSetWorkflowStatus: "DELETED" } as const;
    imageSets.put({ ...gone, versions: [{ ...versions[0], ...deleted }] });
  });
  await storage.close();
  await rmdir(join(folder, ".clean"));
}

async function during(use: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = await openStorage(folder, SILENT);
  try {
    await use(storage);
  } finally {
    await storage.close();
  }
}

describe("the start after a kill", () => {
  test("deletes only files to which nothing refers", async () => {
    await killed();
    await put([...LEFT, RECORD, ...FOREIGN]);
    await during(async () => {
      await expect.poll(filesOf).toEqual([...REFERRED_TO, ...FOREIGN].toSorted());
      await expect.poll(() => readdir(join(folder, place, "image-sets"))).toEqual([SET, DELETED].toSorted());
    });
    expect(await readdir(folder)).toContain(".clean");
  });

  test("keeps files that are written since under the same names", async () => {
    await killed();
    await put(LEFT);
    const written = LEFT.filter((file) => !file.endsWith(".tmp"));
    await during(async ({ generation: { blobs } }) => {
      await Promise.all(written.map((key) => blobs.write(key, new Uint8Array([9]))));
      await expect.poll(filesOf).toEqual([...REFERRED_TO, ...written].toSorted());
    });
  });

  test("keeps what a damaged image set may refer to", async () => {
    await killed();
    await writeFile(join(folder, `${place}/image-sets/${SET}/image-set.json`), "{");
    await put([`${place}/image-sets/${HALF}/draft-0.json`]);
    const left = REFERRED_TO.map((file) => (file.includes(`${SET}/image-set`) ? `${file}.damaged` : file));
    await during(async () => {
      await expect.poll(filesOf).toEqual(left.toSorted());
    });
  });
});

test("a start after a clean stop searches for no orphaned files", async () => {
  await killed();
  await mkdir(join(folder, ".clean"));
  await put(LEFT);
  await during(async () => {});
  expect(await filesOf()).toEqual([...REFERRED_TO, ...LEFT].toSorted());
});
