import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FolderError } from "../../../src/storage/folder/folder-error.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import { datastore } from "../documents.ts";

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
      `${folder} is not a data folder: it has pictures and 1 more. Choose an empty folder, or allow the files that are there with --adopt-data (adoptData: true)`,
    );
    expect((await readdir(folder)).toSorted()).toEqual(["pictures", "thesis.tex"]);
  });

  test("is refused by the name of the one thing that it holds", async () => {
    await writeFile(join(folder, "thesis.tex"), "");
    await expect(openStorage(folder, SILENT)).rejects.toThrow(
      `${folder} is not a data folder: it has thesis.tex. Choose an empty folder`,
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
    ["with what systems leave in empty folders", [".DS_Store", ".gitkeep"]],
    ["that a start left before it wrote the format", [".spool", ".clean"]],
    ["that is the root of a disk", ["lost+found"]],
    ["with an empty folder of data stores", ["datastores"]],
  ])("does not include this folder: %s", async (_, names) => {
    for (const name of names) await mkdir(join(folder, name));
    await (await openStorage(folder, SILENT)).close();
  });
});

describe("a folder that only looks like a data folder", () => {
  test.each([[".git"], [".bashrc"], [".env", "datastores"], ["thesis.tex", "datastores"]])(
    "is refused where it holds %s",
    async (...names) => {
      for (const name of names) await mkdir(join(folder, name));
      await expect(openStorage(folder, SILENT)).rejects.toThrow(
        `${folder} is not a data folder: it has ${names[0]}. Choose`,
      );
      expect((await readdir(folder)).toSorted()).toEqual(names.toSorted());
    },
  );

  test("is used where a release without formats kept a data store in it", async () => {
    await writeFile(join(folder, "notes"), "");
    await mkdir(join(folder, "datastores", "a"), { recursive: true });
    await writeFile(join(folder, "datastores", "a", "datastore.json"), JSON.stringify(datastore("a")));
    const storage = await openStorage(folder, SILENT);
    expect([...storage.generation.state.datastores.values()]).toHaveLength(1);
    await storage.close();
  });

  test.each([false, true])("keeps its format.json, adopted: %s", async (adoptData) => {
    const text = '{"version":1,"name":"prettier"}';
    await writeFile(join(folder, "format.json"), text);
    await expect(openStorage(folder, SILENT, { adoptData })).rejects.toThrow(
      `${join(folder, "format.json")} is not valid`,
    );
    expect(await readFile(join(folder, "format.json"), "utf8")).toBe(text);
    expect(await readdir(folder)).toEqual(["format.json"]);
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
        `the data folder cannot be created: ${join(folder, "file")} is not a folder; choose another place`,
      );
  });

  // Node.js's recursive mkdir never ends there.
  test.runIf(process.platform === "linux")("is refused below /proc", async () => {
    await expect(openStorage("/proc/healthimaging-local/data", SILENT)).rejects.toThrow(
      "the data folder cannot be created: the system refuses the folder /proc/healthimaging-local; choose another place",
    );
  });
});
