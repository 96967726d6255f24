import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const TREE = join(import.meta.dirname, "../..");
/** More hops are hard to follow in a stack, or in the importer. */
const MOST_STACK_FRAMES = 11;
const MOST_FILES = 11;

let counted = "";
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(TREE, "tools/hops/main.ts")]);
  counted = stdout;
});

test("a GetImageFrame of a frame in memory passes few functions between socket and bytes", () => {
  const [, stackFrames] = /^GetImageFrame, warm: (\d+) stack frames/m.exec(counted) ?? [];
  expect(Number(stackFrames), counted).toBeGreaterThan(5);
  expect(Number(stackFrames), counted).toBeLessThanOrEqual(MOST_STACK_FRAMES);
});

test("a file passes few files of the importer on its way into a data store", () => {
  const [, files] = /^an imported file: (\d+) files/m.exec(counted) ?? [];
  expect(Number(files), counted).toBeGreaterThan(5);
  expect(Number(files), counted).toBeLessThanOrEqual(MOST_FILES);
});
