import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { AGAINST_SUBJECTS } from "../../tools/bench/against/against.ts";
import { SUBJECTS } from "../../tools/bench/subjects/subjects.ts";

const TIMEOUT_MS = 600_000;
/** A number and what it counts. */
const FIGURE = /[\d.,]+ (ms|s|µs|\/s|MB|MiB|x|bytes)\b/;

/** Packages that are not in the cache are not fetched for a test. */
const env = { ...process.env, npm_config_offline: "true" };

/** The bench copies what git lists: it cannot run in a copy without the history, such as those of `npm run mutants`. */
const hasHistory = existsSync(join(resolve(import.meta.dirname, "../.."), ".git"));
if (!hasHistory)
  process.stderr.write("SKIPPED: the bench; needs a clone of the repository, with its commits\n");

async function bench(...args: readonly string[]): Promise<string> {
  const program = ["tools/bench/main.ts", "--small", ...args];
  const { stdout } = await promisify(execFile)(process.execPath, program, { env });
  return stdout;
}

/** What each subject printed, by its name. */
function sectionsOf(output: string): Map<string, string> {
  const [, ...sections] = output.split(/^# /m);
  return new Map(sections.map((section): [string, string] => [section.split("\n")[0] ?? "", section]));
}

test.skipIf(!hasHistory)(
  "every subject of the bench runs to its end and prints figures",
  { timeout: TIMEOUT_MS },
  async () => {
    const sections = sectionsOf(await bench());
    expect([...sections.keys()]).toEqual(Object.keys(SUBJECTS));
    for (const [name, section] of sections) {
      if (name === "container" && section.includes("skipped")) continue;
      expect(section, name).toMatch(FIGURE);
      expect(section, name).not.toMatch(/NaN|not measured/);
    }
  },
);

test.skipIf(!hasHistory)(
  "every subject of the bench measures this tree against its commit",
  { timeout: TIMEOUT_MS },
  async () => {
    const output = await bench("--against", "HEAD");
    const sections = sectionsOf(output);
    expect([...sections.keys()]).toEqual(Object.keys(AGAINST_SUBJECTS));
    for (const [name, section] of sections) {
      expect(section, name).toMatch(FIGURE);
      expect(section, name).not.toMatch(/NaN|not measured/);
    }
    expect(output).toMatch(/^\d+ figures: 0 worse, 0 better, \d+ of too few rounds$/m);
  },
);

test.skipIf(!hasHistory)(
  "the bench of other emulators measures this one and a bare server",
  { timeout: TIMEOUT_MS },
  async () => {
    const output = await bench("peers");
    for (const name of ["this tree", "bare node:http", "dynalite", "azurite", "moto"]) {
      const line = output.split("\n").find((text) => text.startsWith(name)) ?? "";
      expect(line, name).toMatch(/ms .* \/s .* MB|SKIPPED/);
    }
  },
);

test("an unknown subject is refused with the known ones named", async () => {
  await expect(bench("frame")).rejects.toThrow(/no subject frame: there are .*frames/);
});
