import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSettings } from "../../../src/app/cli/settings/settings.ts";
import { createEmulator } from "../../../src/index.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";
import { runHere } from "./command-line.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  await writeFile(join(folder, "mine.yaml"), "rules: [{ id: a, effects: [{ unavailable: {} }] }]");
  await writeFile(join(folder, "wrong.yaml"), "rules:\n  - id: a\n    efects: []\n");
});
afterAll(() => rm(folder, { recursive: true }));

test("--scenario may be repeated, and its files are relative to the working directory", () => {
  const args = ["--scenario", "import-partial", "--scenario", "./mine.yaml"];
  const scenarios = ["import-partial", "/home/me/mine.yaml"];
  expect(readSettings(args, {}, "/home/me")).toMatchObject({ scenarios });
  const variable = { HEALTHIMAGING_LOCAL_SCENARIO: "import-partial, mine.yaml" };
  expect(readSettings([], variable, "/home/me")).toMatchObject({ scenarios });
  expect(readSettings([], {}, "/home/me")).toMatchObject({ scenarios: [] });
});

test("a seed has to be a 32-bit integer", () => {
  expect(readSettings(["--scenario-seed", "7"], {}, "/")).toMatchObject({ scenarioSeed: 7 });
  const variable = { HEALTHIMAGING_LOCAL_SCENARIO_SEED: "4294967295" };
  expect(readSettings([], variable, "/")).toMatchObject({ scenarioSeed: 4_294_967_295 });
  for (const text of ["-1", "1.5", "seven", "4294967296", "9".repeat(400)])
    expect(() => readSettings([`--scenario-seed=${text}`], {}, "/")).toThrow(/--scenario-seed expects/);
});

test("random decisions follow from the emulator's seed when neither the scenario nor its activation has one", async () => {
  const said: string[] = [];
  const log = { info: (text: string) => said.push(text), warn: () => {}, error: () => {} };
  const scenarios = [join(folder, "mine.yaml")];
  await using emulator = await createEmulator({ scenarios, scenarioSeed: 7, log });
  const ask = async (method: string, path: string, body = "") =>
    (await emulator.handle({ method, path, query: "", headers: {}, body: bodyOf(body) })).body;
  expect(said).toContain("scenario mine is active, with the seed 7");
  expect(await ask("GET", "/_local/scenarios/mine/status")).toContain('"seed": 7');
  expect(await ask("POST", "/_local/scenarios/mine/activate", '{"seed": 8}')).toContain('"seed": 8');
  await ask("PUT", "/_local/scenarios/own", '{"seed": 9, "rules": [{"id": "a", "effects": [{"hang": {}}]}]}');
  expect(await ask("POST", "/_local/scenarios/own/activate")).toContain('"seed": 9');
  await expect(createEmulator({ scenarioSeed: 1.5 })).rejects.toThrow(/seed expects a whole number/);
});

test("a scenario of a file or of the package is active from the first request", async () => {
  await using emulator = await createEmulator({ scenarios: ["throttle-frames", join(folder, "mine.yaml")] });
  const ask = (path: string) =>
    emulator.handle({ method: "GET", path, query: "", headers: {}, body: bodyOf("") });
  expect(await ask("/datastore")).toMatchObject({ status: 503, headers: { "x-local-fault": "mine/a#1" } });
  expect((await ask("/_local/scenarios/throttle-frames/status")).body).toContain('"active"');
});

test("two scenarios of one name are refused", async () => {
  const again = join(folder, "again");
  await mkdir(again);
  await copyFile(join(folder, "mine.yaml"), join(again, "mine.yaml"));
  const scenarios = [join(folder, "mine.yaml"), "import-partial", join(again, "mine.yaml")];
  await expect(createEmulator({ scenarios })).rejects.toThrow(
    /^the scenarios \S+mine\.yaml and \S+again\S+ have the same name mine: rename one of them$/,
  );
  const twice = createEmulator({ scenarios: ["import-partial", "import-partial"] });
  await expect(twice).rejects.toThrow(/have the same name import-partial/);
});

test.each([
  [
    "wrong.yaml",
    /^healthimaging-local: \S+wrong\.yaml:2: "effects" is missing at \/rules\/0\n\S+:3: unknown key "efects" at \/rules\/0\/efects \(did you mean "effects"\?\)\n$/,
  ],
  ["nothing.yaml", /^healthimaging-local: the scenario \S+nothing\.yaml cannot be read: ENOENT\n$/],
  [
    "import-partal",
    /^healthimaging-local: no scenario is named "import-partal": did you mean "import-partial"\?\n$/,
  ],
  [
    "nightly",
    /^healthimaging-local: no scenario is named "nightly": one of .*; a file is named with its ending: nightly\.yaml\n$/,
  ],
])("a wrong scenario (%s) ends the start with a line that says why", async (name, said) => {
  const scenario = name.endsWith(".yaml") ? join(folder, name) : name;
  const { code, stdout, stderr } = await runHere(["--port", "0", "--scenario", scenario]);
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(said)]);
});
