import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { frameKey, type MeasuredBlobs } from "../../src/domain/blobs.ts";
import { CachedBlobs } from "../../src/storage/blobs/cached-blobs.ts";
import { DiskBlobs } from "../../src/storage/blobs/disk-blobs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const IMPLEMENTATIONS: [string, (root?: string) => MeasuredBlobs][] = [
  ["on disk", (root = folder) => new DiskBlobs(root)],
  ["on disk, held in memory", (root = folder) => new CachedBlobs(new DiskBlobs(root))],
];

describe.each(IMPLEMENTATIONS)("blobs %s", (_, open) => {
  test("hold what was written last, until they are removed", async () => {
    const blobs = open();
    const [first, second] = [frameKey("a", "first"), frameKey("b", "second")];
    await blobs.write(first, new Uint8Array([1, 2, 3]));
    expect(await blobs.byteLength(first)).toBe(3);
    expect([...(await blobs.read(first))]).toEqual([1, 2, 3]);
    expect(await blobs.byteLength(first)).toBe(3);
    await blobs.write(first, new Uint8Array([4]));
    expect([...(await blobs.read(first))]).toEqual([4]);
    expect(await readdir(join(folder, "datastores/a/frames"))).toEqual(["first.jhc"]);
    await writeFile(join(folder, "spooled"), new Uint8Array([5, 6]));
    await blobs.take(second, join(folder, "spooled"));
    expect([...(await blobs.read(second))]).toEqual([5, 6]);
    expect(await readdir(folder)).toEqual(["datastores"]);
    await blobs.remove(first);
    await blobs.remove(first);
    await expect(blobs.read(first)).rejects.toThrow("ENOENT");
    await expect(blobs.byteLength(first)).rejects.toThrow("ENOENT");
  });

  test.each([
    "../victim.txt",
    "victim.txt",
    "datastores/a/frames/../../../../victim.txt",
    "datastores/../victim.txt/frames/f.jhc",
    "datastores/a/frames/f.jhc/",
    "datastores/a/frames/f.jhc\n",
    "datastores/a/image-sets/i/image-set.json",
    "datastores/a/image-sets/i/metadata-01.json",
    "/etc/passwd",
    "",
  ])("refuse %j, which is not a key of the fixed forms", async (key) => {
    const data = join(folder, "data");
    await mkdir(data);
    await writeFile(join(folder, "victim.txt"), "victim");
    const blobs = open(data);
    const refused = `${JSON.stringify(key)} is not the key of a blob`;
    await expect(blobs.read(key)).rejects.toThrow(refused);
    await expect(blobs.byteLength(key)).rejects.toThrow(refused);
    await expect(blobs.write(key, new Uint8Array())).rejects.toThrow(refused);
    await expect(blobs.take(key, join(folder, "victim.txt"))).rejects.toThrow(refused);
    await expect(blobs.remove(key)).rejects.toThrow(refused);
    expect(await readFile(join(folder, "victim.txt"), "utf8")).toBe("victim");
  });

  // Windows has no FIFOs in folders.
  test.runIf(process.platform !== "win32")(
    "throw at once for a FIFO or a folder in place of a file",
    async () => {
      const blobs = open();
      const [fifo, directory] = [frameKey("a", "fifo"), frameKey("a", "folder")];
      await mkdir(join(folder, directory), { recursive: true });
      execFileSync("mkfifo", [join(folder, fifo)]);
      await expect(blobs.read(fifo)).rejects.toThrow(`${fifo} is a FIFO, not a file`);
      await expect(blobs.byteLength(fifo)).rejects.toThrow("is a FIFO, not a file");
      await expect(blobs.read(directory)).rejects.toThrow(`${directory} is a folder, not a file`);
    },
  );
});

describe("blobs held in memory", () => {
  const MEBIBYTE = 2 ** 20;

  test("are read from disk once, and the least recently read is dropped first", async () => {
    const blobs = new CachedBlobs(new DiskBlobs(folder));
    const keyOf = (index: number): string => frameKey("a", `frame-${index}`);
    for (let index = 0; index < 33; index++) await blobs.write(keyOf(index), new Uint8Array(MEBIBYTE));
    for (let index = 0; index < 32; index++) await blobs.read(keyOf(index));
    await blobs.read(keyOf(0));
    await blobs.read(keyOf(32));
    await rm(join(folder, "datastores"), { recursive: true });
    expect(await blobs.read(keyOf(0))).toHaveLength(MEBIBYTE);
    expect(await blobs.read(keyOf(32))).toHaveLength(MEBIBYTE);
    await expect(blobs.read(keyOf(1))).rejects.toThrow("ENOENT");
  });

  test("exclude large blobs", async () => {
    const blobs = new CachedBlobs(new DiskBlobs(folder));
    const large = frameKey("a", "large");
    await blobs.write(large, new Uint8Array(3 * MEBIBYTE));
    await blobs.read(large);
    await unlink(join(folder, large));
    await expect(blobs.read(large)).rejects.toThrow("ENOENT");
  });
});
