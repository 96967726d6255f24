import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmulator } from "../../../../src/index.ts";
import { bodyOf } from "../../../healthimaging/http/sample-inputs.ts";
import { runHere } from "../../../app/cli/command-line.ts";

/** One kind of fault each, and what its author is told: line, what is wrong, where, and what was probably meant. */
const FAULTY: readonly (readonly [kind: string, yaml: string, messages: readonly string[]])[] = [
  [
    "a misspelt key",
    `description: frames arrive slowly
rules:
  - id: slow
    match: { op: GetImageFrame }
    effects: [{ latency: { fixed: 2s } }]
    stealh: true
`,
    ['6: unknown key "stealh" at /rules/0/stealh (did you mean "stealth"?)'],
  ],
  [
    "an operation that AWS does not have",
    `rules:
  - id: frames
    match:
      op: [GetImageSet, GetImageFrames]
    effects: [{ unavailable: {} }]
`,
    ['4: no operation is named "GetImageFrames" at /rules/0/match/op/1 (did you mean "GetImageFrame"?)'],
  ],
  [
    "a status that a resource does not have",
    `rules:
  - id: stuck
    match: { transition: { resource: importJob, from: SUBMITED } }
    effects: [{ hold: { for: 10m } }]
`,
    [
      '3: SUBMITED is not a transient status of importJob at /rules/0/match/transition/from (did you mean "SUBMITTED"?)',
    ],
  ],
  [
    "a duration in words",
    `rules:
  - id: slow
    match: { op: GetImageFrame }
    effects:
      - latency: { fixed: 2 seconds }
`,
    [
      '5: expected a time such as 400ms, 1.5s, 10m, 2h, 1d, got "2 seconds" at /rules/0/effects/0/latency/fixed',
    ],
  ],
  [
    "a word in a number's place",
    `rules:
  - id: sometimes
    when: { probability: often }
    effects: [{ unavailable: {} }]
`,
    ['3: expected a number, got "often" at /rules/0/when/probability'],
  ],
  [
    "a number outside its range",
    `seed: 7
rules:
  - id: first
    when:
      nth: [1, 0]
    effects: [{ unavailable: {} }]
`,
    ["5: expected at least 1, got 0 at /rules/0/when/nth/1"],
  ],
  [
    "a required key that is missing",
    `rules:
  - match: { op: GetImageSet }
    effects: [{ unavailable: {} }]
`,
    ['2: "id" is missing at /rules/0'],
  ],
  [
    "a name that two rules have",
    `rules:
  - { id: one, effects: [{ unavailable: {} }] }
  - { id: two, effects: [{ unavailable: {} }] }
  - { id: one, effects: [{ unavailable: {} }] }
`,
    ['4: there are two rules "one" at /rules/2/id'],
  ],
  [
    "a key that stands twice",
    `name: a
rules:
  - { id: one, effects: [{ unavailable: {} }] }
name: b
`,
    ["4: Map keys must be unique"],
  ],
  [
    "a text that is not YAML",
    `rules:
  - id: a
    match: { op: GetImageSet
    effects: [{ unavailable: {} }]
`,
    ["4: Flow map in block collection must be sufficiently indented and end with a }"],
  ],
  [
    "a state that nothing is called, and one that nothing leads to",
    `rules:
  - { id: a, effects: [{ unavailable: {} }] }
states:
  - id: down
    rules: [a]
    next: [{ after: 30s, goto: upp }]
  - id: up
    rules: []
`,
    [
      '6: no state is named "upp" at /states/0/next/0/goto (did you mean "up"?)',
      '7: no transition leads to the state "up" at /states/1',
    ],
  ],
  [
    "an expectation of a rule that is not there",
    `rules:
  - { id: flaky, effects: [{ unavailable: {} }] }
expect:
  - { rule: flacky, hits: 3 }
`,
    ['4: no rule is named "flacky" at /expect/0/rule (did you mean "flaky"?)'],
  ],
  [
    "a quota that AWS does not have, and an account that YAML reads as a number",
    `scope:
  account: 111122223333
quotas:
  Maximum data store: 2
`,
    [
      "2: expected 12 digits in quotes, got 111122223333 at /scope/account",
      '4: unknown key "Maximum data store" at /quotas/Maximum data store (did you mean "Maximum data stores"?)',
    ],
  ],
  [
    "a range that ends before it begins",
    `rules:
  - id: a
    match: { op: GetImageSet }
    when: { from: 5, to: 3 }
    effects: [{ unavailable: {} }]
`,
    ["4: is below from, which is 5 at /rules/0/when/to"],
  ],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the author of a scenario is told of", () => {
  test.each(FAULTY)("%s", async (_, yaml, messages) => {
    const file = join(folder, "faulty.yaml");
    await writeFile(file, yaml);
    await expect(createEmulator({ scenarios: [file] })).rejects.toMatchObject({
      message: messages.map((message) => `${file}:${message}`).join("\n"),
    });
  });

  test("all of it on the command line, and the server does not start", async () => {
    const file = join(folder, "faulty.yaml");
    const [[, yaml, [message]] = ["", "", [""]]] = FAULTY;
    await writeFile(file, yaml);
    expect(await runHere(["--port", "0", "--scenario", file])).toEqual({
      code: 2,
      stdout: "",
      stderr: `healthimaging-local: ${file}:${message}\n`,
    });
  });
});

test("a scenario may have expectations alone", async () => {
  await using emulator = await createEmulator();
  const { scenarios } = emulator.control;
  const yaml = "expect:\n  - { calls: { op: ListDatastores }, exactly: 1 }\n  - { never: { op: Delete* } }\n";
  expect(await scenarios.validate(yaml)).toEqual({ name: "scenario", rules: 0 });
  await scenarios.put("counts", yaml, { activate: true });
  expect(await scenarios.verify("counts")).toMatchObject({ ok: false });
  await emulator.handle({ method: "GET", path: "/datastore", query: "", headers: {}, body: bodyOf("") });
  expect(await scenarios.verify("counts")).toMatchObject({ ok: true });
});
