import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { discardOrphans, FrameSpool, SpoolError } from "../../../src/importer/workers/frame-spool.ts";

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("spools that share a folder write each frame to its own file, complete when its name is known", async () => {
  const folder = await openFolder();
  const spools = ["a", "b"].map((spoolName) => new FrameSpool({ spoolFolder: folder, spoolName }));
  const paths = [0, 1, 2, 3].map((value) => spools[value % 2]?.put(Uint8Array.of(value)) ?? "");
  for (const [value, path] of paths.entries()) expect([...(await readFile(path))]).toEqual([value]);
  expect(await readdir(folder)).toHaveLength(4);
});

test("a frame that cannot be written is an error of the disk, not of the file", async () => {
  const spool = new FrameSpool({ spoolFolder: join(await openFolder(), "missing"), spoolName: "a" });
  expect(() => spool.put(Uint8Array.of(1))).toThrow(SpoolError);
});

test("frames of an abandoned task that were not handed on are deleted, and the others stay", async () => {
  const spool = { spoolFolder: await openFolder(), spoolName: "a" };
  const frames = new FrameSpool(spool);
  const [handedOn = ""] = [1, 2, 3].map((value) => frames.put(Uint8Array.of(value)));
  new FrameSpool({ ...spool, spoolName: "b" }).put(Uint8Array.of(4));
  discardOrphans(spool, 1);
  expect((await readdir(spool.spoolFolder)).sort()).toEqual([basename(handedOn), "b-1"]);
});
