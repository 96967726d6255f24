import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeWhole } from "../../../src/storage/files/atomic-file.ts";
import { writeNewFileSync } from "../../../src/storage/files/new-file.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("a folder in the place of a temporary file", () => {
  test("is named by a write, which says to move it away", async () => {
    const temp = join(folder, ".image-set.json.tmp");
    await mkdir(temp);
    await expect(writeWhole(join(folder, "image-set.json"), "{}")).rejects.toThrow(
      `${temp} is a folder in the place of a temporary file: move it away`,
    );
  });

  test("is named by a write that does not wait", async () => {
    expect(() => writeNewFileSync(folder, "{}")).toThrow(`${folder} is a folder in the place`);
  });

  test("is named by a start", async () => {
    await mkdir(join(folder, "..probe.tmp"));
    await expect(openStorage(folder, LOG)).rejects.toThrow(
      `${join(folder, "..probe.tmp")} is a folder in the place`,
    );
  });
});

test("a write whose target is a folder fails with the system's reason, and leaves no temporary file", async () => {
  await mkdir(join(folder, "image-set.json"));
  await expect(writeWhole(join(folder, "image-set.json"), "{}")).rejects.toThrow("EISDIR");
  expect(await readdir(folder)).toEqual(["image-set.json"]);
});
