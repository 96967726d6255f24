import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unpackTarball } from "../../../../src/app/cli/ohif/unpack-tarball.ts";
import { BLOCK, fillOf, writeHeader } from "../../../../src/storage/snapshots/tar.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-tarball-"));
  await mkdir(join(folder, "to"));
});
afterEach(() => rm(folder, { recursive: true }));

const entry = (name: string, content: string): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([
    writeHeader({ name, byteLength: bytes.length }),
    bytes,
    Buffer.alloc(fillOf(bytes.length)),
  ]);
};

async function unpack(tar: Buffer): Promise<string[]> {
  const tarball = join(folder, "app.tgz");
  await writeFile(tarball, tar);
  await unpackTarball(tarball, join(folder, "to"));
  return (await readdir(join(folder, "to"), { recursive: true })).toSorted();
}

const END = Buffer.alloc(2 * BLOCK);

test("the app and what describes it are unpacked, and nothing else", async () => {
  const tar = Buffer.concat([
    entry("package/package.json", "{}"),
    entry("package/dist/index.html", "<p>"),
    entry("package/dist/a/b.js", "x".repeat(2000)),
    entry("package/src/index.js", "no"),
    entry("package/dist/../../../outside.js", "no"),
    entry("other/dist/index.html", "no"),
    END,
  ]);
  expect(await unpack(gzipSync(tar))).toEqual([
    "dist",
    "dist/a",
    "dist/a/b.js",
    "dist/index.html",
    "package.json",
  ]);
  expect(await readFile(join(folder, "to/dist/a/b.js"), "utf8")).toBe("x".repeat(2000));
  expect((await readdir(folder)).toSorted()).toEqual(["app.tgz", "to"]);
});

test("a tarball that ends early is an error", async () => {
  await expect(unpack(gzipSync(entry("package/dist/index.html", "<p>")))).rejects.toThrow("ends early");
  const whole = gzipSync(Buffer.concat([entry("package/dist/a.js", "x".repeat(9_000)), END]));
  await expect(unpack(whole.subarray(0, whole.length - 20))).rejects.toThrow();
});
