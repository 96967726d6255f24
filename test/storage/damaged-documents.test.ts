import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ImageSet, ImageSetVersion } from "../../src/domain/image-sets/image-set.ts";
import { LAST_TIME } from "../../src/domain/time/clock.ts";
import { FileState } from "../../src/storage/documents/file-state.ts";
import { clientToken, datastore, imageSet, importJob } from "./documents.ts";

let folder: string;
const warnings: string[] = [];
const LOG = { info: () => {}, warn: (message: string) => void warnings.push(message), error: () => {} };

beforeEach(async () => {
  warnings.length = 0;
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  const state = await FileState.open(folder, LOG);
  state.update(({ datastores, importJobs, imageSets, clientTokens }) => {
    for (const id of ["a", "b"]) datastores.put(datastore(id));
    for (const id of ["j", "k"]) importJobs.put(importJob(id, "a"));
    for (const id of ["i", "l"]) imageSets.put(imageSet(id, "a"));
    for (const id of ["t", "u"]) clientTokens.put(clientToken(id, "a"));
  });
  await state.durable();
});
afterEach(() => rm(folder, { recursive: true }));

const IMAGE_SET = "a/image-sets/i/image-set.json";

async function countsAfter(path: string, document: unknown): Promise<number[]> {
  await writeFile(join(folder, "datastores", path), JSON.stringify(document));
  const state = await FileState.open(folder, LOG);
  const { datastores, importJobs, imageSets, clientTokens } = state;
  return [datastores, importJobs, imageSets, clientTokens].map((all) => [...all.values()].length);
}

const UPDATE = { kind: "update", removableAttributes: null, updatableAttributes: null } as const;

const withVersion = (changes: Partial<ImageSetVersion>): ImageSet => {
  const { versions, ...others } = imageSet("i", "a");
  return { ...others, versions: [{ ...versions[0], ...changes }] };
};

type Case = [path: string, document: unknown, fault: string, counts: number[]];

describe("a wrong document is set aside with one warning and affects nothing else:", () => {
  test.each<Case>([
    [IMAGE_SET, null, "is not an image set", [2, 2, 1, 2]],
    [IMAGE_SET, [], "is not an image set", [2, 2, 1, 2]],
    [IMAGE_SET, { ...imageSet("i", "a"), versions: undefined }, "its versions is missing", [2, 2, 1, 2]],
    [IMAGE_SET, { ...imageSet("i", "a"), versions: [] }, "its versions is wrong", [2, 2, 1, 2]],
    [
      IMAGE_SET,
      { ...imageSet("i", "a"), versions: [{ versionId: 1 }] },
      "its versions is wrong",
      [2, 2, 1, 2],
    ],
    [IMAGE_SET, { ...imageSet("i", "a"), createdAt: "today" }, "its createdAt is wrong", [2, 2, 1, 2]],
    [IMAGE_SET, { ...imageSet("i", "a"), frameIds: [1] }, "its frameIds is wrong", [2, 2, 1, 2]],
    [IMAGE_SET, { ...imageSet("i", "a"), tags: { a: 1 } }, "its tags is wrong", [2, 2, 1, 2]],
    [IMAGE_SET, { ...imageSet("i", "a"), pending: { kind: "?" } }, "its pending is wrong", [2, 2, 1, 2]],
    [
      IMAGE_SET,
      { ...imageSet("i", "a"), versions: [{ ...imageSet("i", "a").versions[0], imageSetState: "LOCKED" }] },
      "its versions is wrong",
      [2, 2, 1, 2],
    ],
    [
      IMAGE_SET,
      withVersion({ metadataKey: "../victim.txt" }),
      "version 1 has its metadata in another file",
      [2, 2, 1, 2],
    ],
    [
      IMAGE_SET,
      withVersion({ metadataKey: "datastores/a/image-sets/l/metadata-1.json" }),
      "version 1 has its metadata in another file",
      [2, 2, 1, 2],
    ],
    [
      IMAGE_SET,
      withVersion({ metadataKey: "datastores/a/image-sets/i/metadata-2.json" }),
      "version 1 has its metadata in another file",
      [2, 2, 1, 2],
    ],
    ...(["UPDATING", "COPYING"] as const).map((imageSetWorkflowStatus): Case => [
      IMAGE_SET,
      withVersion({ imageSetState: "LOCKED", imageSetWorkflowStatus }),
      `it is ${imageSetWorkflowStatus}, and no work is pending`,
      [2, 2, 1, 2],
    ]),
    [
      IMAGE_SET,
      { ...withVersion({ imageSetState: "LOCKED", imageSetWorkflowStatus: "COPYING" }), pending: UPDATE },
      "it is COPYING, and update is pending",
      [2, 2, 1, 2],
    ],
    [
      IMAGE_SET,
      { ...imageSet("i", "a"), pending: UPDATE },
      "it is CREATED, and update is pending",
      [2, 2, 1, 2],
    ],
    [IMAGE_SET, { ...imageSet("i", "a"), createdAt: LAST_TIME + 1 }, "its createdAt is wrong", [2, 2, 1, 2]],
    [IMAGE_SET, withVersion({ updatedAt: 8.64e15 }), "its versions is wrong", [2, 2, 1, 2]],
    [IMAGE_SET, { ...imageSet("i", "a"), createdAt: -1 }, "its createdAt is wrong", [2, 2, 1, 2]],
    [
      "a/import-jobs/j.json",
      { ...importJob("j", "a"), endedAt: LAST_TIME + 1 },
      "its endedAt is wrong",
      [2, 1, 2, 2],
    ],
    [IMAGE_SET, imageSet("l", "a"), "is the image set l and has the file name of another", [2, 2, 1, 2]],
    [IMAGE_SET, imageSet("i", "b"), "and has the file name of another", [2, 2, 1, 2]],
    [
      "a/import-jobs/j.json",
      { ...importJob("j", "a"), jobStatus: "DONE" },
      "its jobStatus is wrong",
      [2, 1, 2, 2],
    ],
    [
      "a/client-tokens/t.json",
      { ...clientToken("t", "a"), answer: "yes" },
      "its answer is wrong",
      [2, 2, 2, 1],
    ],
    [
      "a/datastore.json",
      { ...datastore("a"), tags: null },
      "data store a and its contents are hidden",
      [1, 0, 0, 0],
    ],
  ])("%s with a fault, case %#", async (path, document, fault, counts) => {
    expect(await countsAfter(path, document)).toEqual(counts);
    expect(warnings).toEqual([expect.stringContaining(fault)]);
    const left = await readFile(join(folder, "datastores", `${path}.damaged`), "utf8");
    expect(left).toBe(JSON.stringify(document));
  });

  test("a folder where a document should be", async () => {
    const path = join(folder, "datastores", IMAGE_SET);
    await rm(path);
    await mkdir(path);
    const state = await FileState.open(folder, LOG);
    expect([...state.imageSets.values()]).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("is a folder: renamed to")]);
  });

  // Windows has no FIFOs in folders.
  test.runIf(process.platform !== "win32")("a FIFO, which does not hang the start", async () => {
    const path = join(folder, "datastores", IMAGE_SET);
    await rm(path);
    execFileSync("mkfifo", [path]);
    const state = await FileState.open(folder, LOG);
    expect([...state.imageSets.values()]).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("is a FIFO: renamed to")]);
  });

  // Other systems have other devices.
  test.runIf(process.platform === "linux")("a link to a device, whose data has no end", async () => {
    const path = join(folder, "datastores", IMAGE_SET);
    await rm(path);
    await symlink("/dev/zero", path);
    const state = await FileState.open(folder, LOG);
    expect([...state.imageSets.values()]).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("is a link: renamed to")]);
  });

  test("a link to itself", async () => {
    const path = join(folder, "datastores", IMAGE_SET);
    await rm(path);
    await symlink(path, path);
    const state = await FileState.open(folder, LOG);
    expect([...state.imageSets.values()]).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("is a link: renamed to")]);
  });
});

test("data behind a damaged datastore.json returns when the file is repaired; until then each start warns of it", async () => {
  const path = join(folder, "datastores", "a", "datastore.json");
  await cp(path, join(folder, "whole"));
  await writeFile(path, "{");
  await FileState.open(folder, LOG);
  const hidden = await FileState.open(folder, LOG);
  expect([...hidden.imageSets.values()]).toEqual([]);
  expect(warnings).toHaveLength(2);
  for (const warning of warnings) expect(warning).toContain("data store a and its contents are hidden");
  await rename(join(folder, "whole"), path);
  const mended = await FileState.open(folder, LOG);
  expect([...mended.imageSets.values()]).toHaveLength(2);
});

test("stored documents have their members in a fixed order, so that a change alters only its own lines", async () => {
  const path = join(folder, "datastores", IMAGE_SET);
  const before = await readFile(path, "utf8");
  const state = await FileState.open(folder, LOG);
  const reversed = <T extends object>(document: T): T =>
    Object.fromEntries(Object.entries(document).toReversed()) as T;
  const { versions, ...rest } = imageSet("i", "a");
  state.update(({ imageSets }) => imageSets.put(reversed({ ...rest, versions: [reversed(versions[0])] })));
  await state.durable();
  expect(await readFile(path, "utf8")).toBe(before);
  state.update(({ imageSets }) => imageSets.put(imageSet("i", "a", { deletedAt: 9 })));
  await state.durable();
  const after = (await readFile(path, "utf8")).split("\n");
  expect(after.filter((line, index) => line !== before.split("\n")[index])).toEqual(['  "deletedAt": 9,']);
  expect(after.at(-1)).toBe("");
  expect(await readdir(join(folder, "datastores", "a", "image-sets", "i"))).toEqual(["image-set.json"]);
});
