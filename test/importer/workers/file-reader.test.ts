import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileReader } from "../../../src/importer/workers/worker.ts";

async function folderOf(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

test("a reader returns files of any size whole, without bytes of the file before", async () => {
  const sizes = [300, 0, 5, 17 * 2 ** 20, 299, 601];
  const contents = sizes.map((size, index) => new Uint8Array(size).fill(index + 1));
  const folder = await folderOf(Object.fromEntries(contents.entries()));
  const reader = new FileReader();
  for (const [index, content] of contents.entries()) {
    const bytes = reader.read(join(folder, String(index)));
    expect(bytes.constructor).toBe(Uint8Array);
    expect(Buffer.compare(bytes, content)).toBe(0);
  }
});

test("a reader throws for a missing file, and then reads the next", async () => {
  const folder = await folderOf({ there: Uint8Array.of(1) });
  const reader = new FileReader();
  expect(() => reader.read(join(folder, "not-there"))).toThrow("ENOENT");
  expect(() => reader.read(folder)).toThrow("EISDIR");
  expect([...reader.read(join(folder, "there"))]).toEqual([1]);
});
