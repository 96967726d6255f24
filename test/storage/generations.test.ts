import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStorage } from "../../src/storage/open-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { datastore } from "./documents.ts";

let parent: string;
let folder: string;
const said: string[] = [];
const LOG = {
  info: (message: string) => void said.push(message),
  warn: (message: string) => void said.push(message),
  error: (message: string) => void said.push(message),
};
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  folder = join(parent, "data");
  said.length = 0;
});
afterEach(() => rm(parent, { recursive: true }));

async function during<T>(use: (storage: Storage) => Promise<T> | T): Promise<T> {
  const storage = await openStorage(folder, LOG);
  try {
    return await use(storage);
  } finally {
    await storage.close();
  }
}

async function keep({ state }: Storage["generation"], id: string): Promise<void> {
  state.update(({ datastores }) => datastores.put(datastore(id)));
  await state.durable();
}

const idsIn = ({ generation: { state } }: Storage): string[] =>
  [...state.datastores.values()].map(({ datastoreId }) => datastoreId);
const foldersOfState = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name === "datastores" || name.startsWith("epoch-")).toSorted();
const readFormat = async () =>
  JSON.parse(await readFile(join(folder, "format.json"), "utf8")) as {
    generation: number;
    pastGenerations: number[];
  };

describe("the generation of a data folder", () => {
  test("is named in format.json, and is the one that the last reset began", async () => {
    await during(async ({ generation, beginGeneration }) => {
      await keep(generation, "first");
      await keep(beginGeneration(), "second");
    });
    expect(await readFormat()).toMatchObject({ generation: 1, pastGenerations: [0] });
    expect(await during(idsIn)).toEqual(["second"]);
  });

  test("that is past is deleted by the next start", async () => {
    await during(async ({ generation, beginGeneration }) => {
      await keep(generation, "first");
      await keep(beginGeneration(), "second");
    });
    await during(async () => {
      await expect.poll(foldersOfState).toEqual(["epoch-1"]);
      await expect.poll(readFormat).toMatchObject({ generation: 1, pastGenerations: [] });
    });
    // What is put there later was never reset.
    await mkdir(join(folder, "datastores", "back"), { recursive: true });
    await during(() => {});
    expect(await readdir(join(folder, "datastores"))).toEqual(["back"]);
  });

  test("is that of the backup where one is copied over the folder after a reset", async () => {
    await during(({ generation }) => keep(generation, "saved"));
    await cp(folder, join(parent, "backup"), { recursive: true });
    await during(async ({ beginGeneration }) => keep(beginGeneration(), "later"));
    await cp(join(parent, "backup"), folder, { recursive: true });
    expect(await during(idsIn)).toEqual(["saved"]);
    expect(await during(idsIn)).toEqual(["saved"]);
    expect(await foldersOfState()).toEqual(["datastores", "epoch-1"]);
    expect(said.at(-1)).toMatch(/epoch-1 is ignored: .*format.json names/);
  });

  test("is not an empty folder that a user made, with any number", async () => {
    await during(({ generation }) => keep(generation, "first"));
    await mkdir(join(folder, "epoch-7"));
    await writeFile(join(folder, "epoch-1"), "a file");
    expect(await during(idsIn)).toEqual(["first"]);
    expect(said).toEqual([expect.stringMatching(/epoch-7 is ignored/)]);
    const number = await during(({ beginGeneration }) => beginGeneration().number);
    expect(number).toBe(2);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["epoch-1", "epoch-2", "epoch-7"]));
  });

  test("stays as it was where a reset cannot be kept", async () => {
    await during(async (storage) => {
      await keep(storage.generation, "first");
      await mkdir(join(folder, ".format.json.tmp"));
      expect(() => storage.beginGeneration()).toThrow(`${join(folder, ".format.json.tmp")} is a folder`);
      await keep(storage.generation, "still-here");
    });
    expect(await foldersOfState()).toEqual(["datastores"]);
    expect((await during(idsIn)).toSorted()).toEqual(["first", "still-here"].toSorted());
  });

  test("stays as it was where no number is left for the next", async () => {
    await during(({ generation }) => keep(generation, "first"));
    const generation = 999_999_999_999_999;
    await mkdir(join(folder, `epoch-${generation}`));
    const text = JSON.stringify({ ...(await readFormat()), generation });
    await writeFile(join(folder, "format.json"), text);
    await during((storage) => {
      expect(() => storage.beginGeneration()).toThrow("the highest number possible");
    });
    expect(await readFile(join(folder, "format.json"), "utf8")).toBe(text);
  });

  test("stays as it was where the process died between the steps of a reset", async () => {
    await during(({ generation }) => keep(generation, "first"));
    const format = await readFormat();
    await writeFile(join(folder, "format.json"), JSON.stringify({ ...format, pastGenerations: [1] }));
    await mkdir(join(folder, "epoch-1", "datastores"), { recursive: true });
    await during(async (storage) => {
      expect(idsIn(storage)).toEqual(["first"]);
      await expect.poll(foldersOfState).toEqual(["datastores"]);
    });
    expect(said).toEqual([]);
  });

  test.each([
    ["missing", async () => {}, /epoch-1 is missing: .*format.json names it as the current generation/],
    ["a file", (path: string) => writeFile(path, ""), /epoch-1 is not a folder: .*format.json names it/],
  ])("that is %s stops the start with a message that names it", async (_, put, message) => {
    await during(async ({ beginGeneration }) => keep(beginGeneration(), "second"));
    await rename(join(folder, "epoch-1"), join(parent, "aside"));
    await put(join(folder, "epoch-1"));
    await expect(openStorage(folder, LOG)).rejects.toThrow(message);
  });
});

describe("a data folder of format 1", () => {
  const toFormat1 = (): Promise<void> => writeFile(join(folder, "format.json"), '{\n  "version": 1\n}\n');

  test("continues with its highest generation, logs that once, and keeps lower generations", async () => {
    await during(async ({ generation, beginGeneration }) => {
      await keep(generation, "below");
      await keep(beginGeneration(), "current");
    });
    await toFormat1();
    expect(await during(idsIn)).toEqual(["current"]);
    const warning = expect.stringMatching(/datastores is ignored/);
    expect(said).toEqual([expect.stringMatching(/had format 1: epoch-1 is its current generation/), warning]);
    said.length = 0;
    expect(await during(idsIn)).toEqual(["current"]);
    expect(said).toEqual([warning]);
    expect(await foldersOfState()).toEqual(["datastores", "epoch-1"]);
  });
});

describe("a file in the place of a folder", () => {
  test.each(["datastores", "snapshots", "s3"])("stops the start with a message: %s", async (name) => {
    await during(() => {});
    await writeFile(join(folder, name), "");
    await expect(openStorage(folder, LOG)).rejects.toThrow(`${join(folder, name)} is not a folder`);
  });
});
