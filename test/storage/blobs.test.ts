import { mkdtemp, readdir, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MeasuredBlobs } from "../../src/domain/blobs.ts";
import { CachedBlobs } from "../../src/storage/cached-blobs.ts";
import { DiskBlobs } from "../../src/storage/disk-blobs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const IMPLEMENTATIONS: [string, () => MeasuredBlobs][] = [
  ["on disk", () => new DiskBlobs(folder)],
  ["on disk, held in memory", () => new CachedBlobs(new DiskBlobs(folder))],
];

describe.each(IMPLEMENTATIONS)("blobs %s", (_, open) => {
  test("are what was written last, until they are removed", async () => {
    const blobs = open();
    await blobs.write("a/b/frame.jhc", new Uint8Array([1, 2, 3]));
    expect(await blobs.byteLength("a/b/frame.jhc")).toBe(3);
    expect([...(await blobs.read("a/b/frame.jhc"))]).toEqual([1, 2, 3]);
    expect(await blobs.byteLength("a/b/frame.jhc")).toBe(3);
    await blobs.write("a/b/frame.jhc", new Uint8Array([4]));
    expect([...(await blobs.read("a/b/frame.jhc"))]).toEqual([4]);
    expect(await readdir(join(folder, "a/b"))).toEqual(["frame.jhc"]);
    await writeFile(join(folder, "spooled"), new Uint8Array([5, 6]));
    await blobs.take("c/frame.jhc", join(folder, "spooled"));
    expect([...(await blobs.read("c/frame.jhc"))]).toEqual([5, 6]);
    expect((await readdir(folder)).toSorted()).toEqual(["a", "c"]);
    await blobs.remove("a/b/frame.jhc");
    await blobs.remove("a/b/frame.jhc");
    await expect(blobs.read("a/b/frame.jhc")).rejects.toThrow("ENOENT");
    await expect(blobs.byteLength("a/b/frame.jhc")).rejects.toThrow("ENOENT");
  });
});

describe("blobs held in memory", () => {
  const MEBIBYTE = 2 ** 20;

  test("are read from disk once, the least lately read let go first", async () => {
    const blobs = new CachedBlobs(new DiskBlobs(folder));
    for (let index = 0; index < 33; index++) await blobs.write(`blob-${index}`, new Uint8Array(MEBIBYTE));
    for (let index = 0; index < 32; index++) await blobs.read(`blob-${index}`);
    await blobs.read("blob-0");
    await blobs.read("blob-32");
    for (const name of await readdir(folder)) await unlink(join(folder, name));
    expect(await blobs.read("blob-0")).toHaveLength(MEBIBYTE);
    expect(await blobs.read("blob-32")).toHaveLength(MEBIBYTE);
    await expect(blobs.read("blob-1")).rejects.toThrow("ENOENT");
  });

  test("are not the large ones", async () => {
    const blobs = new CachedBlobs(new DiskBlobs(folder));
    await blobs.write("large", new Uint8Array(3 * MEBIBYTE));
    await blobs.read("large");
    await unlink(join(folder, "large"));
    await expect(blobs.read("large")).rejects.toThrow("ENOENT");
  });
});
