import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FolderError } from "../../../src/storage/folder/folder-error.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("a folder that holds something else", () => {
  test("is refused, and nothing is written to it", async () => {
    await writeFile(join(folder, "thesis.tex"), "");
    await mkdir(join(folder, "pictures"));
    const opening = openStorage(folder, SILENT);
    await expect(opening).rejects.toBeInstanceOf(FolderError);
    await expect(opening).rejects.toThrow(
      `${folder} is not a data folder: it holds pictures and 1 more. Choose an empty folder, or keep the data beside what is there with --adopt-data (adoptData: true)`,
    );
    expect((await readdir(folder)).toSorted()).toEqual(["pictures", "thesis.tex"]);
  });

  test("is refused by the name of the one thing that it holds", async () => {
    await writeFile(join(folder, "thesis.tex"), "");
    await expect(openStorage(folder, SILENT)).rejects.toThrow(
      `${folder} is not a data folder: it holds thesis.tex. Choose an empty folder`,
    );
  });

  test("is used where its user asks for it, and from then on without asking", async () => {
    await writeFile(join(folder, "thesis.tex"), "");
    await (await openStorage(folder, SILENT, { adoptData: true })).close();
    await (await openStorage(folder, SILENT)).close();
    expect(await readdir(folder)).toContain("thesis.tex");
  });

  test.each([
    ["empty", []],
    ["with buckets to import from", ["s3"]],
    ["with hidden files", [".git", ".DS_Store"]],
    ["that is the root of a disk", ["lost+found"]],
    ["of a release without formats", ["datastores", "notes"]],
  ])("does not include this folder: %s", async (_, names) => {
    for (const name of names) await mkdir(join(folder, name));
    await (await openStorage(folder, SILENT)).close();
  });
});

describe("a data folder that does not exist", () => {
  test("is created, with its parent folders", async () => {
    const deep = join(folder, "a", "b", "c");
    await (await openStorage(deep, SILENT)).close();
    expect(await readdir(deep)).toContain("format.json");
  });

  test("and cannot be created is refused by a message that names the obstacle", async () => {
    await writeFile(join(folder, "file"), "");
    for (const path of [join(folder, "file"), join(folder, "file", "a", "data")])
      await expect(openStorage(path, SILENT)).rejects.toThrow(
        `the data folder cannot be made: ${join(folder, "file")} is not a folder; choose another place`,
      );
  });

  // Node.js's recursive mkdir never ends there.
  test.runIf(process.platform === "linux")("is refused below /proc", async () => {
    await expect(openStorage("/proc/healthimaging-local/data", SILENT)).rejects.toThrow(
      "the data folder cannot be made: the system makes no folder /proc/healthimaging-local; choose another place",
    );
  });
});
