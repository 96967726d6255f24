import { existsSync } from "node:fs";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundled } from "../../entry.ts";

const url = JSON.stringify(bundled("index.js"));

const SCRIPT = `
  import { createEmulator } from ${url};
  const emulators = await Promise.all(Array.from({ length: 12 }, () => createEmulator()));
  await emulators[0].close();
  const places = emulators.slice(1).map(({ control }) => control.health());
  console.log((await Promise.all(places)).map(({ parts }) => parts.blobs.detail.slice("in ".length)).join("\\n"));
`;

test("many emulators in one process cause no warning, and leave no folder when it ends", async () => {
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", SCRIPT]);
  const { stdout, stderr } = await run;
  expect(stderr).toBe("");
  const folders = stdout.trim().split("\n");
  expect(new Set(folders).size).toBe(11);
  expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
});
