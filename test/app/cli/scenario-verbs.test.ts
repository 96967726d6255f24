import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../../src/app/cli/main.ts";
import { readRequest } from "../../../src/app/cli/control-command.ts";
import { UsageError } from "../../../src/app/cli/settings/usage-error.ts";
import { ControlCalls } from "../../../src/local/sdk/control-calls.ts";
import { createEmulator, type Emulator } from "../../../src/index.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";

let folder: string;
let emulator: Emulator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  const yaml = `rules: [{ id: a, match: { op: ListDatastores }, effects: [{ unavailable: {} }] }]
expect: [{ rule: a, hits: 1 }]`;
  await writeFile(join(folder, "mine.yaml"), yaml);
  await writeFile(join(folder, "wrong.yaml"), "rules: []");
  emulator = await createEmulator();
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** A command line as a user types it, of an emulator in this process. */
async function run(line: string) {
  const { ask } = await readRequest(line.split(" "), folder);
  return ask(new ControlCalls(emulator.handle));
}

test("the command line loads, activates, shows, verifies and removes a scenario", async () => {
  expect((await run("scenario list")).text).toMatch(/^no scenarios are loaded\npresets {2}ambiguous-write /);
  expect((await run("scenario validate mine.yaml")).text).toBe("mine.yaml is valid: 1 rule");
  expect((await run("scenario list")).text).toMatch(/^no scenarios are loaded/);
  expect((await run("scenario load mine.yaml")).text).toBe("mine is loaded\n  a  0 hits");
  expect((await run("scenario load ./mine.yaml --name other --activate")).text).toBe(
    "other is active, seed 0\n  a  0 hits",
  );
  expect((await run("scenario deactivate other")).text).toBe("other is loaded\n  a  0 hits");
  const activated = await run("scenario activate mine --seed 7 --ttl 10m --account 000000000000");
  expect(activated.json).toMatchObject({ seed: 7, scope: { account: "000000000000" } });
  const verdict = await run("scenario verify mine");
  expect(verdict).toMatchObject({
    exitCode: 1,
    text: "not met: rule a fired 0, expected exactly 1",
    json: { ok: false },
  });
  await emulator.handle({ method: "GET", path: "/datastore", query: "", headers: {}, body: bodyOf("") });
  expect(await run("scenario verify mine")).toMatchObject({ exitCode: 0, text: "all expectations are met" });
  expect((await run("scenario hits mine --rule a")).text).toMatch(/Z {2}mine\/a#1 {2}ListDatastores$/);
  expect((await run("scenario")).text).toMatch(
    /^ {2}mine {3}active {2}1 hit\n {2}other {2}loaded {2}0 hits\npresets/,
  );
  expect((await run("scenario status mine")).text).toBe("mine is active, seed 7\n  a  1 hit");
  expect((await run("scenario reset mine")).text).toBe("mine is active, seed 7\n  a  0 hits");
  expect(await run("scenario remove mine")).toEqual({ json: { removed: "mine" }, text: "mine is removed" });

  expect((await run("requests")).text).toMatch(
    /^1 request found, the last 1:\n {2}1 {2}\S+Z {2}ListDatastores {2}503 {2}mine\/a#1$/,
  );
  expect((await run("requests calls --op List*")).text).toBe(
    "1 call found, the last 1:\n  ListDatastores  failure  503",
  );
  expect((await run("requests count --status 5xx --fault mine --limit 3")).text).toBe("1");
  await run("requests clear");
  expect((await run("requests count")).json).toEqual({ count: 0 });
});

test("the status of scenarios shows which resources are held, and by which rule", async () => {
  const rules = `rules: [{ id: r, match: { transition: { resource: datastore } }, effects: [{ hold: { signal: go, for: 10m } }] }]`;
  await emulator.control.scenarios.put("stuck", rules, { activate: true });
  await emulator.control.clock.freeze();
  const body = bodyOf('{"clientToken": "a"}');
  await emulator.handle({ method: "POST", path: "/datastore", query: "", headers: {}, body });
  await emulator.control.clock.advance("5s");
  expect((await run("scenario status stuck")).text).toMatch(
    /\n {2}datastore\/\w{32} is held in CREATING by r, until go, to \S+Z$/,
  );
  expect((await run("requests")).text).toMatch(
    /\nmatches without a request:\n {2}\S+ {2}transition {2}stuck\/r#1$/,
  );
  expect((await run("scenario signal stuck go")).text).toBe("stuck is active, seed 0\n  r  1 hit");
});

describe("a wrong command line", () => {
  test.each([
    "scenario lisst",
    "scenario constructor",
    "scenario list mine",
    "scenario validate",
    "scenario validate nothing.yaml",
    "scenario load",
    "scenario load nothing.yaml",
    "scenario activate",
    "scenario activate mine --seed -1",
    "scenario activate mine --rule a",
    "scenario signal mine",
    "scenario hits",
    "scenario verify a b",
    "requests remove",
    "requests list --limit 0",
    "requests clear --op Get*",
  ])("%s prints its usage", async (line) => {
    await expect(run(line)).rejects.toBeInstanceOf(UsageError);
  });

  test("is refused in the emulator's own words where the emulator refuses it", async () => {
    for (const action of ["validate", "load"])
      await expect(run(`scenario ${action} wrong.yaml`)).rejects.toThrow(
        "line 1: expected at least 1 items, got 0 at /rules",
      );
    await expect(run("requests --status often")).rejects.toThrow("status expects a value such as 404");
  });

  test("ends with code 2 for a mistyped or unknown verb", async () => {
    expect(await main(["scenario", "lisst"], {}, "/")).toBe(2);
    expect(await main(["requests", "remove"], {}, "/")).toBe(2);
  });
});
