import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FormatError } from "../../../src/storage/folder/folder-format.ts";
import { openStorage } from "../../../src/storage/open-storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { posixPath } from "../../../tools/posix-path.ts";
import { clientToken, datastore, imageSet, importJob } from "../documents.ts";

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const ID = "0123456789abcdef".repeat(2);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function fill({ generation: { state, blobs } }: Storage): Promise<void> {
  const place = `datastores/${ID}`;
  await blobs.write(`${place}/frames/${ID}.jhc`, new Uint8Array([1]));
  await blobs.write(`${place}/image-sets/${ID}/metadata-1.json`, new Uint8Array([2]));
  state.update(({ datastores, importJobs, imageSets, clientTokens }) => {
    datastores.put(datastore(ID));
    importJobs.put(importJob(ID, ID));
    imageSets.put(imageSet(ID, ID, { frameIds: [ID] }));
    clientTokens.put(clientToken(ID, ID));
  });
  await state.durable();
}

async function openAndClose(use: (storage: Storage) => Promise<void> = async () => {}): Promise<void> {
  const storage = await openStorage(folder, SILENT);
  try {
    await use(storage);
  } finally {
    await storage.close();
  }
}

describe("the format of a data folder", () => {
  test("is named by a file in it, from the beginning", async () => {
    await openAndClose();
    // The version comes first: that is where 0.1.0 looks for it.
    expect(await readFile(join(folder, "format.json"), "utf8")).toBe(
      '{\n  "version": 2,\n  "serviceRelease": "2024-05",\n  "generation": 0,\n  "pastGenerations": []\n}\n',
    );
  });

  test("that is newer is refused, and nothing is changed", async () => {
    await openAndClose(fill);
    await writeFile(join(folder, "format.json"), '{"version": 4}');
    const before = await readdir(folder, { recursive: true });
    const opening = openStorage(folder, SILENT);
    await expect(opening).rejects.toBeInstanceOf(FormatError);
    await expect(opening).rejects.toThrow(
      /has format 4, this version of healthimaging-local reads formats up to 3: use a newer version/,
    );
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });

  test.each([
    "",
    "{",
    "[1]",
    '{"version": "1"}',
    '{"version": 0}',
    '{"version": 2}',
    '{"version": 1, "name": "prettier"}',
    '{"version": 2, "serviceRelease": "2024-05", "generation": 9007199254740991, "pastGenerations": []}',
    '{"version": 2, "serviceRelease": "2024-05", "generation": -1, "pastGenerations": []}',
    '{"version": 2, "serviceRelease": "2024-05", "generation": 1, "pastGenerations": [1]}',
    '{"version": 2, "serviceRelease": "2024-05", "generation": 1, "pastGenerations": ["../x"]}',
  ])("named as %j is refused", async (text) => {
    await writeFile(join(folder, "format.json"), text);
    await expect(openStorage(folder, SILENT)).rejects.toThrow(/format.json is not valid/);
  });

  test("is added to a folder of a release without formats, and all its data is kept", async () => {
    await openAndClose(fill);
    await rm(join(folder, "format.json"));
    await openAndClose(async ({ generation: { state } }) => {
      expect(state.imageSets.get(ID)).toEqual(imageSet(ID, ID, { frameIds: [ID] }));
    });
    expect(await readFile(join(folder, "format.json"), "utf8")).toContain('"version": 2');
  });
});

describe("the README of a data folder", () => {
  test("explains every file in the folder", async () => {
    await openAndClose(fill);
    const readme = await readFile(join(folder, "README.md"), "utf8");
    const explained = [...readme.matchAll(/^- `([^`]+)`/gm)].map(([, place = ""]) => place);
    const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => posixPath(relative(folder, join(entry.parentPath, entry.name))));
    const places = files
      .filter((file) => file !== "README.md")
      .map((file) => file.replaceAll(ID, "ID").replace(/metadata-\d+/, "metadata-N"));
    expect(places.toSorted()).toEqual(
      explained
        .filter(
          (place) =>
            ![
              "s3/BUCKET/KEY",
              "s3-metadata/BUCKET/",
              "epoch-N/datastores",
              "snapshots/NAME/",
              "*.damaged",
            ].includes(place),
        )
        .toSorted(),
    );
  });

  test("stays as its user left it, changed or deleted", async () => {
    await openAndClose();
    await writeFile(join(folder, "README.md"), "mine");
    await openAndClose();
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("mine");
    await rm(join(folder, "README.md"));
    await openAndClose();
    expect(await readdir(folder)).not.toContain("README.md");
  });
});
