/**
 * Writes test/fixtures/0.1.0 with the program of that version:
 * `node tools/fixtures-0.1.0/main.ts FOLDER`, where FOLDER is a checkout of 0.1.0 (commit 0bcb145) after
 * `npm install && npm run build`.
 */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeKilled } from "./killed.ts";
import { loadProgram } from "./program.ts";
import { writePublicSurface } from "./public-surface.ts";
import { writeResets, writeStates } from "./states.ts";
import { writeUnderWay } from "./under-way.ts";

const TARGET = resolve(import.meta.dirname, "../../test/fixtures/0.1.0");

const [, , checkout] = process.argv;
if (checkout === undefined) throw new Error("usage: node tools/fixtures-0.1.0/main.ts FOLDER");
const program = await loadProgram(resolve(checkout));
await rm(TARGET, { recursive: true, force: true });
await mkdir(TARGET, { recursive: true });

/** Each writes a data folder and returns what to expect in it. */
const WRITERS = { states: writeStates, resets: writeResets, "under-way": writeUnderWay, killed: writeKilled };

for (const [name, write] of Object.entries(WRITERS)) {
  const parent = await mkdtemp(join(tmpdir(), "healthimaging-local-fixture-"));
  const data = join(parent, name);
  const found = await write({ program, data, exportTo: (file) => join(TARGET, file) });
  await writeFile(join(TARGET, `${name}.json`), `${JSON.stringify(found, null, 1)}\n`);
  // The socket that a killed process leaves is no file of an archive.
  execFileSync("tar", ["-C", parent, "--exclude=.lock", "-czf", join(TARGET, `${name}.tar.gz`), name]);
  await rm(parent, { recursive: true });
}

await writePublicSurface(program, resolve(checkout), join(TARGET, "public"));
