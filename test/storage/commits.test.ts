import { mkdtemp, readdir, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { State, StateChange } from "../../src/domain/state.ts";
import { filesBelow, type Files } from "../../src/storage/files/atomic-file.ts";
import { FileState } from "../../src/storage/documents/file-state.ts";
import { datastore, imageSet, importJob } from "./documents.ts";

const folders: string[] = [];
const temporary = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Every path is below it. */
const DISK = filesBelow(tmpdir());
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** A disk of a process that dies after this number of writes and removals. */
function dyingAfter(count: number): Files & { readonly done: () => number } {
  let done = 0;
  const begin = (): void => {
    if (done >= count) throw new Error("the process is dead");
    done += 1;
  };
  return {
    done: () => done,
    write: async (path, text) => {
      begin();
      await DISK.write(path, text);
    },
    remove: async (path) => {
      begin();
      await DISK.remove(path);
    },
  };
}

const namesOf = ({ datastores, importJobs, imageSets, clientTokens }: State): string =>
  [datastores, importJobs, imageSets, clientTokens]
    .flatMap((documents) => [...documents.values()].map((document) => JSON.stringify(document)))
    .toSorted()
    .join("\n");

const tagged = (id: string, tag: string) => imageSet(id, "a", { tags: { tag } });

const FIRST = ({ datastores, importJobs, imageSets }: StateChange): void => {
  datastores.put(datastore("a"));
  importJobs.put(importJob("gone", "a"));
  imageSets.put(tagged("source", "before"));
};

/** A copy of one image set to a new one, and the removal of a job. */
const SECOND = ({ importJobs, imageSets }: StateChange): void => {
  imageSets.put(tagged("source", "after"));
  imageSets.put(tagged("copy", "after"));
  importJobs.drop("gone");
};

async function filled(): Promise<string> {
  const folder = await temporary();
  const state = await FileState.open(folder, SILENT);
  state.update(FIRST);
  await state.durable();
  return folder;
}

/** Record, three documents, and the record's removal. */
const STEPS = 5;

describe("a change of several documents", () => {
  test.each(Array.from({ length: STEPS + 1 }, (_, count) => [count]))(
    "is kept whole or not at all where the process dies after %i steps",
    async (count) => {
      const folder = await filled();
      const files = dyingAfter(count);
      const dying = await FileState.open(folder, SILENT, files);
      const before = namesOf(dying);
      dying.update(SECOND);
      const after = namesOf(dying);
      const answer = await dying.durable().then(
        () => "kept",
        () => "failed",
      );
      expect([files.done(), answer]).toEqual([count, count === STEPS ? "kept" : "failed"]);
      const reopened = await FileState.open(folder, SILENT);
      expect(namesOf(reopened)).toBe(count === 0 ? before : after);
      expect(await readdir(join(folder, "datastores", ".commits"))).toEqual([]);
    },
  );

  test.each(Array.from({ length: STEPS }, (_, count) => [count]))(
    "is kept whole where the process that resumes it also dies, after %i steps",
    async (count) => {
      const folder = await filled();
      const dying = await FileState.open(folder, SILENT, dyingAfter(1));
      dying.update(SECOND);
      const after = namesOf(dying);
      await dying.durable().catch(() => {});
      await FileState.open(folder, SILENT, dyingAfter(count)).catch(() => {});
      expect(namesOf(await FileState.open(folder, SILENT))).toBe(after);
    },
  );

  test.each(Array.from({ length: 2 * STEPS }, (_, count) => [count]))(
    "never undoes a later change, whenever the process dies (%i steps)",
    async (count) => {
      const folder = await filled();
      const dying = await FileState.open(folder, SILENT, dyingAfter(count));
      const states = [namesOf(dying)];
      let acknowledged = 0;
      const change = async (update: (documents: StateChange) => void): Promise<void> => {
        dying.update(update);
        const index = states.push(namesOf(dying)) - 1;
        await dying.durable().then(
          () => (acknowledged = index),
          () => {},
        );
      };
      // The second does not wait for the first.
      await Promise.all([
        change(SECOND),
        change(({ imageSets }) => imageSets.put(tagged("source", "alone"))),
        change(({ imageSets }) => {
          imageSets.put(tagged("source", "last"));
          imageSets.put(tagged("other", "last"));
        }),
      ]);
      const found = states.indexOf(namesOf(await FileState.open(folder, SILENT)));
      expect(found).toBeGreaterThanOrEqual(acknowledged);
    },
  );

  test("is written once there is room again, with later changes", async () => {
    const folder = await filled();
    let isFull = true;
    const said: string[] = [];
    const log = {
      info: () => {},
      warn: (message: string) => void said.push(message),
      error: (message: string) => void said.push(message),
    };
    const fail = (): void => {
      if (isFull) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    };
    const state = await FileState.open(folder, log, {
      write: async (path, text) => {
        fail();
        await DISK.write(path, text);
      },
      remove: (path) => DISK.remove(path),
    });
    state.update(SECOND);
    await expect(state.durable()).rejects.toMatchObject({
      code: "InternalServerException",
      hint: "the data folder is not writable: the disk is full",
    });
    state.update(({ imageSets }) => imageSets.put(tagged("source", "later")));
    await expect(state.durable()).rejects.toThrow("could not be stored");
    expect(state.unwritten).toBeGreaterThan(0);
    isFull = false;
    await state.durable();
    expect(state.unwritten).toBe(0);
    expect(said).toEqual([
      expect.stringMatching(/^cannot write .*: the disk is full; changes stay in memory/),
      "all changes are written",
    ]);
    expect(namesOf(await FileState.open(folder, SILENT))).toBe(namesOf(state));
  });

  const recordOf = (document: object): string =>
    JSON.stringify({ documents: { "datastores/a/image-sets/i/image-set.json": document } });
  const [version] = imageSet("i", "a").versions;
  const elsewhere = imageSet("i", "a", { versions: [{ ...version, metadataKey: "../victim.txt" }] });

  test.each([
    ["not JSON", "{"],
    ["not a record", "[]"],
    ["a record of what is elsewhere", '{"documents": {"datastores/../../elsewhere.json": {}}}'],
    ["a record of texts", '{"documents": {"datastores/a/datastore.json": "text"}}'],
    ["a removal of what is elsewhere", '{"documents": {"datastores/../../victim.json": null}}'],
    ["a record of another kind of file", '{"documents": {"datastores/a/frames/f.jhc": null}}'],
    ["a document that is not one of its kind", recordOf({ ...imageSet("i", "a"), versions: [] })],
    ["a document and has the file name of another", recordOf(imageSet("j", "a"))],
    ["a document whose metadata is elsewhere", recordOf(elsewhere)],
  ])("whose record is %s is set aside and affects nothing else", async (_, text) => {
    const folder = await filled();
    const commits = join(folder, "datastores", ".commits");
    await mkdir(commits, { recursive: true });
    await writeFile(join(commits, "000000001.json"), text);
    const state = await FileState.open(folder, SILENT);
    expect(state.datastores.get("a")).toEqual(datastore("a"));
    expect(await readdir(commits)).toEqual(["000000001.json.damaged"]);
  });
});

test("a folder in the place of a commit record is set aside, and named in the log", async () => {
  const folder = await filled();
  const record = join(folder, "datastores", ".commits", "000000001.json");
  await mkdir(record, { recursive: true });
  const said: string[] = [];
  const state = await FileState.open(folder, { ...SILENT, warn: (message) => void said.push(message) });
  expect(state.datastores.get("a")).toEqual(datastore("a"));
  expect(said).toEqual([`${record} is not a record of changes: renamed to ${record}.damaged`]);
});

test("a change of one document writes no commit record", async () => {
  const folder = await filled();
  const files = dyingAfter(1);
  const state = await FileState.open(folder, SILENT, files);
  state.update(({ datastores }) => datastores.put(datastore("a", { datastoreName: "alone" })));
  await state.durable();
  expect((await FileState.open(folder, SILENT)).datastores.get("a")?.datastoreName).toBe("alone");
});
