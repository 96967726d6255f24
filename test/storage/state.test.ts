import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { dropDatastore } from "../../src/domain/datastores/drop-datastore.ts";
import type { Log } from "../../src/domain/log.ts";
import type { State } from "../../src/domain/state.ts";
import { FileState } from "../../src/storage/documents/file-state.ts";
import { MemoryState } from "../../src/storage/documents/memory-state.ts";
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

const warnings: string[] = [];
const log: Log = { info: () => {}, warn: (message) => void warnings.push(message), error: () => {} };

const IMPLEMENTATIONS: [string, () => Promise<State>][] = [
  ["in memory", async () => new MemoryState()],
  ["on disk", async () => FileState.open(await temporary(), log)],
];

describe.each(IMPLEMENTATIONS)("the state %s", (_, open) => {
  test("shows a change at once, also within the change", async () => {
    const state = await open();
    const seen = state.update(({ datastores }) => {
      datastores.put(datastore("a", { datastoreName: "one" }));
      datastores.put(datastore("a", { datastoreName: "two" }));
      return datastores.get("a")?.datastoreName;
    });
    expect(seen).toBe("two");
    expect(state.datastores.get("a")?.datastoreName).toBe("two");
    await state.durable();
  });

  test("applies a change completely or not at all", async () => {
    const state = await open();
    state.update(({ datastores }) => datastores.put(datastore("a", { datastoreName: "before" })));
    const failing = (): void =>
      state.update(({ datastores }) => {
        datastores.put(datastore("b"));
        datastores.put(datastore("a", { datastoreName: "after" }));
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect([...state.datastores.values()].map(({ datastoreName }) => datastoreName)).toEqual(["before"]);
    expect([...state.datastores.inDatastore("b")]).toEqual([]);
    await state.durable();
  });

  test("notifies followers of each document that is put or undone", async () => {
    const state = await open();
    const seen: string[] = [];
    state.datastores.follow({
      put: ({ datastoreId, datastoreName }) => seen.push(`${datastoreId}=${datastoreName}`),
      drop: ({ datastoreId }) => seen.push(`no ${datastoreId}`),
    });
    state.update(({ datastores }) => datastores.put(datastore("a", { datastoreName: "before" })));
    const failing = (): void =>
      state.update(({ datastores }) => {
        datastores.put(datastore("a", { datastoreName: "after" }));
        datastores.put(datastore("b"));
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(seen).toEqual(["a=before", "a=after", "b=null", "no b", "a=before"]);
    await state.durable();
  });

  test("drops a document, and restores it where the change fails", async () => {
    const state = await open();
    const seen: string[] = [];
    state.datastores.follow({
      put: ({ datastoreId }) => seen.push(datastoreId),
      drop: ({ datastoreId }) => seen.push(`no ${datastoreId}`),
    });
    state.update(({ datastores }) => datastores.put(datastore("a")));
    const failing = (): void =>
      state.update(({ datastores }) => {
        datastores.drop("a");
        expect(datastores.get("a")).toBeUndefined();
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(state.datastores.get("a")).toEqual(datastore("a"));
    expect([...state.datastores.inDatastore("a")]).toHaveLength(1);
    state.update(({ datastores }) => datastores.drop("a"));
    state.update(({ datastores }) => datastores.drop("never there"));
    expect([...state.datastores.values()]).toEqual([]);
    expect([...state.datastores.inDatastore("a")]).toEqual([]);
    expect(seen).toEqual(["a", "no a", "a", "no a"]);
    await state.durable();
  });

  test("notifies watchers of each update once for each document, and never of a failed update", async () => {
    const state = await open();
    const seen: unknown[] = [];
    const stop = state.watch((changes) => {
      for (const { document, previous, isDropped } of changes) {
        seen.push([previous && "updatedAt" in previous && previous.updatedAt, document, isDropped]);
        // It is there already: a watcher may ask for it, and change something itself.
        expect(state.datastores.get("a")).toEqual(isDropped ? undefined : document);
      }
    });
    const put = (updatedAt: number) => () =>
      state.update(({ datastores }) => {
        datastores.put(datastore("a", { updatedAt: -1 }));
        datastores.put(datastore("a", { updatedAt }));
        if (updatedAt === 3) throw new Error("no");
      });
    put(1)();
    put(2)();
    expect(put(3)).toThrow("no");
    state.update(({ datastores }) => datastores.drop("a"));
    expect(seen).toEqual([
      [undefined, datastore("a", { updatedAt: 1 }), false],
      [1, datastore("a", { updatedAt: 2 }), false],
      [2, datastore("a", { updatedAt: 2 }), true],
    ]);
    stop();
    put(4)();
    expect(seen).toHaveLength(3);
    await state.durable();
  });
});

describe.each(IMPLEMENTATIONS)("an update within an update of the state %s", (_, open) => {
  test("is part of the outer one: reported once, and undone where the outer one fails", async () => {
    const state = await open();
    const told: number[] = [];
    state.watch((changes) => void told.push(changes.length));
    const both = (isFailing: boolean) => () =>
      state.update(({ datastores }) => {
        state.update((inner) => inner.datastores.put(datastore(`inner of ${isFailing}`)));
        datastores.put(datastore(`outer of ${isFailing}`));
        if (isFailing) throw new Error("no");
      });
    expect(both(true)).toThrow("no");
    both(false)();
    expect([...state.datastores.values()].map(({ datastoreId }) => datastoreId)).toEqual([
      "inner of false",
      "outer of false",
    ]);
    expect(told).toEqual([2]);
    await state.durable();
  });
});

describe.each(IMPLEMENTATIONS)("a document that is dropped from the state %s", (_, open) => {
  test("leaves no trace, and can be put again", async () => {
    const state = await open();
    state.update(({ datastores }) => datastores.put(datastore("a")));
    state.update(({ datastores }) => {
      datastores.drop("a");
      datastores.drop("b");
    });
    expect([state.datastores.get("a"), [...state.datastores.inDatastore("a")]]).toEqual([undefined, []]);
    state.update(({ datastores }) => datastores.put(datastore("a", { datastoreName: "again" })));
    expect([...state.datastores.inDatastore("a")].map((again) => again.datastoreName)).toEqual(["again"]);
    await state.durable();
  });

  test("is restored where its change fails", async () => {
    const state = await open();
    const told: string[] = [];
    state.datastores.follow({
      put: ({ datastoreName }) => told.push(`put ${datastoreName}`),
      drop: ({ datastoreName }) => told.push(`drop ${datastoreName}`),
    });
    state.update(({ datastores }) => datastores.put(datastore("a", { datastoreName: "one" })));
    const failing = (): void =>
      state.update(({ datastores }) => {
        datastores.put(datastore("a", { datastoreName: "two" }));
        datastores.drop("a");
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(state.datastores.get("a")?.datastoreName).toBe("one");
    expect(told).toEqual(["put one", "put two", "drop two", "put two", "put one"]);
    await state.durable();
  });
});

describe("the state on disk", () => {
  test("keeps the removal of documents, of one or of a whole data store", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    state.update(({ datastores, importJobs }) => {
      for (const id of ["a", "b"]) {
        datastores.put(datastore(id));
        importJobs.put(importJob(`${id}1`, id));
        importJobs.put(importJob(`${id}2`, id));
      }
    });
    state.update((change) => {
      change.importJobs.drop("a1");
      dropDatastore(change, "b");
    });
    await state.durable();
    const reopened = await FileState.open(folder, log);
    expect([...reopened.datastores.values()].map(({ datastoreId }) => datastoreId)).toEqual(["a"]);
    expect([...reopened.importJobs.values()].map(({ jobId }) => jobId)).toEqual(["a2"]);
    expect(reopened.dropped).toEqual(["b"]);
  });

  test("starts no write after it is sealed", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    for (let turn = 0; turn < 100; turn++) {
      state.update(({ datastores }) => datastores.put(datastore(`d${turn}`)));
    }
    state.seal();
    state.update(({ datastores }) => datastores.put(datastore("late")));
    await state.durable();
    expect(state.datastores.get("late")).toBeDefined();
    const reopened = await FileState.open(folder, log);
    // Those that were being written when it was sealed, at most.
    expect([...reopened.datastores.values()].length).toBeLessThanOrEqual(32);
    expect(reopened.datastores.get("late")).toBeUndefined();
  });

  test("is the same after it is opened again", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    const job = importJob("j", "a");
    const set = imageSet("i", "a");
    state.update(({ datastores, importJobs, imageSets }) => {
      datastores.put(datastore("a"));
      importJobs.put(job);
      imageSets.put(set);
    });
    await state.durable();
    const reopened = await FileState.open(folder, log);
    expect([...reopened.datastores.values()]).toEqual([datastore("a")]);
    expect([...reopened.importJobs.inDatastore("a")]).toEqual([job]);
    expect([...reopened.imageSets.inDatastore("a")]).toEqual([set]);
  });

  test("keeps the newest of many quick changes, as one readable document", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    for (let turn = 0; turn < 50; turn++) {
      state.update(({ datastores }) => datastores.put(datastore("a", { updatedAt: turn })));
    }
    await state.durable();
    const file = join(folder, "datastores", "a", "datastore.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ updatedAt: 49 });
    expect(await readFile(file, "utf8")).toMatch(/^\{\n {2}"datastoreId": "a",\n/);
    expect(await readdir(join(folder, "datastores", "a"))).toEqual(["datastore.json"]);
  });

  test("has no file of a document that was dropped, even while it was being written", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    const job = importJob("j", "a");
    state.update(({ datastores, importJobs }) => {
      datastores.put(datastore("a"));
      importJobs.put(job);
    });
    await state.durable();
    state.update(({ importJobs }) => importJobs.drop("j"));
    await state.durable();
    expect(await readdir(join(folder, "datastores", "a", "import-jobs"))).toEqual([]);
    state.update(({ importJobs }) => importJobs.put(job));
    await state.durable();
    state.update(({ importJobs }) => importJobs.drop("j"));
    state.update(({ importJobs }) => importJobs.put(job));
    state.update(({ importJobs }) => importJobs.drop("j"));
    await state.durable();
    expect([...(await FileState.open(folder, log)).importJobs.values()]).toEqual([]);
  });

  test("sets a damaged document aside and keeps all others", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    state.update(({ datastores }) => {
      datastores.put(datastore("a"));
      datastores.put(datastore("b"));
    });
    await state.durable();
    await writeFile(join(folder, "datastores", "a", "datastore.json"), '{"datastoreId": "a"');
    const reopened = await FileState.open(folder, log);
    expect([...reopened.datastores.values()].map(({ datastoreId }) => datastoreId)).toEqual(["b"]);
    expect(await readdir(join(folder, "datastores", "a"))).toEqual(["datastore.json.damaged"]);
    expect(warnings.at(-1)).toContain(": renamed to ");
  });

  test("logs a change that could not be kept, and keeps it as soon as possible", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    await writeFile(join(folder, "datastores"), "a file where a folder is needed");
    state.update(({ datastores }) => datastores.put(datastore("a")));
    const failure = {
      code: "InternalServerException",
      hint: expect.stringMatching(/is not writable: \w/),
    };
    await expect(state.durable()).rejects.toMatchObject(failure);
    await expect(state.durable()).rejects.toMatchObject(failure);
    expect(state.unwritten).toBe(1);
    await rm(join(folder, "datastores"));
    await state.durable();
    expect(state.unwritten).toBe(0);
    expect((await FileState.open(folder, log)).datastores.get("a")).toEqual(datastore("a"));
  });

  test("opens a folder with strange files in it", async () => {
    const folder = await temporary();
    await mkdir(join(folder, "datastores"));
    await writeFile(join(folder, "datastores", "README.txt"), "notes of a user");
    expect([...(await FileState.open(folder, log)).datastores.values()]).toEqual([]);
  });

  test("writes and reads more documents at once than files may be open", async () => {
    const folder = await temporary();
    const state = await FileState.open(folder, log);
    const ids = Array.from({ length: 3_000 }, (_, index) => `i${index}`);
    state.update(({ datastores, imageSets }) => {
      datastores.put(datastore("a"));
      for (const imageSetId of ids) imageSets.put(imageSet(imageSetId, "a"));
    });
    await state.durable();
    const reopened = await FileState.open(folder, log);
    expect([...reopened.imageSets.inDatastore("a")]).toHaveLength(ids.length);
  });
});
