import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bringsBuckets } from "../../src/aws/s3/bucket-snapshots.ts";
import { frameKey, metadataKey } from "../../src/domain/blobs.ts";
import { DiskBlobs } from "../../src/storage/blobs/disk-blobs.ts";
import { FolderError } from "../../src/storage/folder/folder-error.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { shareFiles } from "../../src/storage/files/share-file.ts";
import { checkBlobs } from "../../src/storage/snapshots/snapshot-documents.ts";
import { clientToken, datastore, imageSet, importJob } from "./documents.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };
const ID = "a".repeat(32);
const ORPHAN = "b".repeat(32);
const FRAME = frameKey(ID, ID);

let root: string;
let data: string;
let outside: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  [data, outside] = [join(root, "data"), join(root, "outside")];
  await mkdir(data);
});
afterEach(() => rm(root, { recursive: true }));

/** A data folder whose process was killed: the next start deletes what nothing refers to. */
async function killed(): Promise<void> {
  const storage = await openStorage(data, LOG);
  const { state, blobs } = storage.generation;
  await blobs.write(FRAME, new Uint8Array([1]));
  await blobs.write(metadataKey(ID, ID, 1), new Uint8Array([2]));
  state.update(({ datastores, importJobs, imageSets, clientTokens }) => {
    datastores.put(datastore(ID));
    importJobs.put(importJob(ID, ID));
    imageSets.put(imageSet(ID, ID, { frameIds: [ID] }));
    clientTokens.put(clientToken(ID, ID));
  });
  await storage.close();
  await rm(join(data, ".clean"), { recursive: true, force: true });
}

/** Moves a folder out of the data folder, adds what a cleanup would delete, and leaves a link to it. */
async function link(folder: string): Promise<void> {
  await mkdir(join(data, folder), { recursive: true });
  await rename(join(data, folder), outside);
  for (const name of [`${ORPHAN}.jhc`, "metadata-7.json", ".x.json.tmp", `${ORPHAN}.in-hand.ndjson`])
    await writeFile(join(outside, name), "precious");
  await symlink(outside, join(data, folder));
}

const filesOutside = async (): Promise<string[]> => (await readdir(outside, { recursive: true })).toSorted();

describe.each([
  "datastores",
  "datastores/.commits",
  `datastores/${ID}`,
  `datastores/${ID}/frames`,
  `datastores/${ID}/import-jobs`,
  `datastores/${ID}/client-tokens`,
  `datastores/${ID}/image-sets`,
  `datastores/${ID}/image-sets/${ID}`,
  "snapshots",
  "s3",
])("a link in the place of the folder %s", (folder) => {
  test("is refused by the start, which deletes nothing behind it", async () => {
    await killed();
    await link(folder);
    const before = await filesOutside();
    const opening = openStorage(data, LOG);
    await expect(opening).rejects.toBeInstanceOf(FolderError);
    await expect(opening).rejects.toThrow(
      `${join(data, folder)} is a link: replace it with the folder itself`,
    );
    expect(await filesOutside()).toEqual(before);
  });
});

test("a link in the place of the current generation's folder is refused by the start", async () => {
  await killed();
  const storage = await openStorage(data, LOG);
  storage.beginGeneration();
  await storage.close();
  await link("epoch-1");
  await expect(openStorage(data, LOG)).rejects.toThrow(`${join(data, "epoch-1")} is a link`);
});

test("the data folder itself may be a link", async () => {
  await killed();
  await symlink(data, join(root, "link"));
  const storage = await openStorage(join(root, "link"), LOG);
  expect([...(await storage.generation.blobs.read(FRAME))]).toEqual([1]);
  await storage.close();
});

describe("a linked folder that appears while the data folder is open", () => {
  test("is neither read, nor written to, nor deleted from", async () => {
    await killed();
    await link(`datastores/${ID}/frames`);
    const before = await filesOutside();
    const blobs = new DiskBlobs(data);
    const spooled = join(root, "spooled");
    await writeFile(spooled, "x");
    for (const use of [
      () => blobs.read(FRAME),
      () => blobs.byteLength(FRAME),
      () => blobs.write(frameKey(ID, ORPHAN), new Uint8Array([1])),
      () => blobs.take(frameKey(ID, ORPHAN), spooled),
      () => blobs.remove(frameKey(ID, ORPHAN)),
    ])
      await expect(use()).rejects.toThrow("is a link");
    expect(await filesOutside()).toEqual(before);
    expect(await readFile(join(outside, `${ORPHAN}.jhc`), "utf8")).toBe("precious");
  });

  test("gets no documents", async () => {
    await killed();
    const storage = await openStorage(data, LOG);
    await link(`datastores/${ID}/import-jobs`);
    const before = await filesOutside();
    storage.generation.state.update(({ importJobs }) => importJobs.put(importJob(ORPHAN, ID)));
    await expect(storage.generation.state.durable()).rejects.toThrow("could not be stored");
    storage.generation.jobRecords.of({ datastoreId: ID, jobId: "other" }).begin(["x"]);
    expect(await filesOutside()).toEqual(before);
    await rm(join(data, `datastores/${ID}/import-jobs`));
    await storage.close();
  });

  test("is not where a restored generation's buckets are taken from", async () => {
    await mkdir(join(outside, "bucket"), { recursive: true });
    await symlink(outside, join(data, "s3-next"));
    expect(bringsBuckets(data)).toBe(false);
  });
});

describe("a link in the place of a blob", () => {
  test.each([FRAME, metadataKey(ID, ID, 1)])("is not served: %s", async (key) => {
    await killed();
    await writeFile(outside, "secret");
    await rm(join(data, key));
    await symlink(outside, join(data, key));
    const blobs = new DiskBlobs(data);
    await expect(blobs.read(key)).rejects.toThrow("is a link, not a file");
    await expect(blobs.byteLength(key)).rejects.toThrow("is a link, not a file");
  });

  test("is not a blob of a snapshot", async () => {
    await killed();
    await writeFile(outside, "secret");
    await rm(join(data, FRAME));
    await symlink(outside, join(data, FRAME));
    const saved = join(root, "saved");
    await shareFiles(data, saved, [FRAME]);
    const document = imageSet(ID, ID, { frameIds: [ID] });
    await mkdir(dirname(join(saved, metadataKey(ID, ID, 1))), { recursive: true });
    await writeFile(join(saved, metadataKey(ID, ID, 1)), "x");
    await expect(checkBlobs(saved, [{ kind: "imageSets", document }])).rejects.toThrow(FRAME);
  });

  test("nor are those of a linked folder", async () => {
    await killed();
    await link(`datastores/${ID}/frames`);
    await expect(shareFiles(data, join(root, "saved"), [FRAME])).rejects.toBeInstanceOf(FolderError);
  });
});
