import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { withDicomweb } from "../../../../src/api/model/dicomweb-model.ts";
import { model } from "../../../../src/api/model/model.ts";
import { readScenarioSource } from "../../../../src/local/scenarios/reading/read-scenario.ts";
import { PUBLISHED_SCHEMA } from "../../../../src/local/scenarios/reading/vocabulary.ts";

const read = (text: string) => readScenarioSource(text, withDicomweb(model), { default: "default-name" });

/** `line: pointer: message (hint)` of each problem. */
async function problemsOf(text: string): Promise<string[]> {
  const { problems = [] } = await read(text);
  return problems.map(
    ({ line, pointer, message, hint }) =>
      `${line}: ${pointer}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

const rule = (body: string): string => `rules:\n  - id: a\n    ${body}`;

describe("the reader of scenarios", () => {
  test.each<[name: string, text: string, problems: (string | RegExp)[]]>([
    [
      "an unknown key",
      "sede: 1\nrules: [{ id: a, effects: [{ reset: {} }] }]",
      ['1: /sede: unknown key "sede" (did you mean "seed"?)'],
    ],
    [
      "an unknown effect",
      rule("effects:\n      - latncy: { fixed: 1s }"),
      ['4: /rules/0/effects/0/latncy: unknown key "latncy" (did you mean "latency"?)'],
    ],
    ["a missing id", "rules:\n  - effects: [{ reset: {} }]", ['2: /rules/0: "id" is missing']],
    ["nothing to do", "name: x", ["1: : expected rules, quotas or expect, got none of them"]],
    [
      "an unknown quota",
      "quotas: { Maximum data store: 1 }",
      [
        '1: /quotas/Maximum data store: unknown key "Maximum data store" (did you mean "Maximum data stores"?)',
      ],
    ],
    [
      "two effects in one",
      rule("effects: [{ reset: {}, hang: {} }]"),
      [/^3: \/rules\/0\/effects\/0: expected exactly one of throttle, .*, got 2$/],
    ],
    [
      "a wrong type",
      rule("effects: [{ latency: { fixed: 3 } }]"),
      ["3: /rules/0/effects/0/latency/fixed: expected a time such as 400ms, 1.5s, 10m, 2h, 1d, got 3"],
    ],
    [
      "a number out of range",
      rule("when: { probability: 2 }\n    effects: [{ reset: {} }]"),
      ["3: /rules/0/when/probability: expected at most 1, got 2"],
    ],
    [
      "an unknown operation",
      rule("match: { op: [GetImageFrame, GetImageFrmae] }\n    effects: [{ reset: {} }]"),
      ['3: /rules/0/match/op/1: no operation is named "GetImageFrmae" (did you mean "GetImageFrame"?)'],
    ],
    [
      "an error that the model does not list",
      rule("match: { op: GetImageFrame }\n    effects: [{ error: { type: ServiceQuotaExceededException } }]"),
      [
        "4: /rules/0/effects/0/error: ServiceQuotaExceededException is not an error of GetImageFrame in AWS's model; force: true allows it",
      ],
    ],
    [
      "an unknown error",
      rule("effects: [{ error: { type: ThrotlingException } }]"),
      [
        '3: /rules/0/effects/0/error/type: unknown value "ThrotlingException" (did you mean "ThrottlingException"?)',
      ],
    ],
    [
      "an effect on an operation that it does not support",
      rule("match: { op: ListDatastores }\n    effects: [{ corruptFrame: { how: zeroFill } }]"),
      ["4: /rules/0/effects/0/corruptFrame: is for GetImageFrame, which the rule does not match"],
    ],
    [
      "two rules of one name",
      "rules: [{ id: a, effects: [{ reset: {} }] },\n { id: a, effects: [{ reset: {} }] }]",
      ['2: /rules/1/id: there are two rules "a"'],
    ],
    [
      "an expectation of an unknown rule",
      "rules: [{ id: frames, effects: [{ reset: {} }] }]\nexpect:\n  - { rule: frame, hits: 1 }",
      ['3: /expect/0/rule: no rule is named "frame" (did you mean "frames"?)'],
    ],
    [
      "an expectation without a number",
      "rules: [{ id: a, effects: [{ reset: {} }] }]\nexpect: [{ calls: { op: Get* } }]",
      ["2: /expect/0: exactly, atLeast or atMost is missing"],
    ],
    [
      "an expectation of two things",
      "rules: [{ id: a, effects: [{ reset: {} }] }]\nexpect: [{ rule: a, hits: 1, never: {} }]",
      [/^2: \/expect\/0: .*expected one of/],
    ],
    [
      "an import rule about an operation",
      rule("match: { op: GetImageSet, file: '**' }\n    effects: [{ importFile: {} }]"),
      [/^3: \/rules\/0\/match\/op: does not apply to a file/],
    ],
    [
      "a file without an import",
      rule("match: { file: '**' }\n    effects: [{ reset: {} }]"),
      [/^3: \/rules\/0\/match\/file: does not apply to a call/],
    ],
    [
      "effects of different things",
      rule("effects: [{ throttle: {} }, { hold: {} }]"),
      [
        /effects: are not all for one subject \(throttle is for a call, hold is for a transition\)/,
        /throttle: sends the answer, so/,
      ],
    ],
    [
      "a hold of nothing in particular",
      rule("effects: [{ hold: {} }]"),
      [/has no transition \(add for example transition:/],
    ],
    [
      "a transition without an effect",
      rule("match: { transition: { resource: datastore } }\n    effects: [{ throttle: {} }]"),
      [/^3: \/rules\/0\/match\/transition: does not apply to a call/],
    ],
    [
      "a state that nothing leaves by itself",
      rule("match: { transition: { resource: datastore, from: ACTIV } }\n    effects: [{ hold: {} }]"),
      [
        "3: /rules/0/match/transition/from: ACTIV is not a transient status of datastore (one of CREATING, DELETING)",
      ],
    ],
    [
      "a misspelt state",
      rule("match: { transition: { resource: imageSet, from: [COPYNG] } }\n    effects: [{ hold: {} }]"),
      [/COPYNG is not a transient status of imageSet \(did you mean "COPYING"\?\)/],
    ],
    [
      "a failure of what cannot fail",
      rule("match: { transition: { resource: imageSet, from: DELETING } }\n    effects: [{ fail: {} }]"),
      ["4: /rules/0/effects/0/fail: a resource that is DELETING cannot fail"],
    ],
    [
      "a transition that is matched by properties that it does not have",
      rule(
        "match: { transition: { resource: datastore }, job: { name: a }, caller: { accessKey: b }, frame: c }\n    effects: [{ hold: {} }]",
      ),
      [
        /match\/frame: does not apply/,
        /caller\/accessKey: does not apply/,
        /match\/job: does not apply to a transition of datastore/,
      ],
    ],
    [
      "an effect after a failure",
      rule(
        "match: { transition: { resource: importJob } }\n    effects: [{ fail: {} }, { delay: { for: 1s } }]",
      ),
      [/fail: decides the outcome, so/],
    ],
    [
      "a manifest that is not omitted",
      rule("effects: [{ manifest: { omit: false } }]"),
      ["3: /rules/0/effects/0/manifest: omit expects true"],
    ],
    [
      "a window that never closes",
      rule("when: { window: { every: 1m } }\n    effects: [{ reset: {} }]"),
      [/needs for/],
    ],
    [
      "a cut at two places",
      rule("effects: [{ truncate: { bytes: 1, fraction: 0.5 } }]"),
      [/expects bytes or fraction/],
    ],
    [
      "times in the wrong order",
      rule("effects: [{ latency: { uniform: { min: 2s, max: 1s } } }]"),
      [/shorter time as min/],
    ],
    ["broken YAML", "rules:\n  - id: 'a\n", [/^\d: : Missing closing 'quote/]],
    [
      "a key twice deep inside, and a wrong one with a slash",
      "rules:\n  - id: a\n    effects: [{ hang: {} }]\n    id: b\n    a/b~c: 1",
      ["4: : Map keys must be unique", /^5: \/rules\/0\/a~1b~0c: unknown key "a\/b~c"/],
    ],
    ["lists that are never closed", `rules: ${"[".repeat(300)}`, [/^1: : Flow sequence/]],
    ["lists in lists in lists", `rules: ${"[".repeat(5000)}`, ["1: : it is nested too deeply"]],
    [
      "a key twice, and what is wrong beside it",
      "seed: 1\nseed: 2\nrules: []",
      [/^2: : Map keys must be unique/, "3: /rules: expected at least 1 items, got 0"],
    ],
    ["no object", "- a", ['1: : expected an object, got ["a"]']],
    ["nothing", "", ["1: : expected an object, got null"]],
    [
      "a text that is too long",
      rule(`match: { frame: ${"a".repeat(257)} }\n    effects: [{ reset: {} }]`),
      ["3: /rules/0/match/frame: expected at most 256 characters, got 257"],
    ],
    [
      "a list that contains itself",
      "rules: &a [*a]",
      ["1: /rules/0: expected an object, got a value that contains itself"],
    ],
    [
      "numbers that are not finite",
      rule("when: { probability: .nan, max: .inf }\n    effects: [{ reset: {} }]"),
      [/expected a number, got NaN$/, /expected a whole number, got Infinity$/],
    ],
    [
      "an account that is a number",
      `scope: { account: 111122223333 }\n${rule("effects: [{ reset: {} }]")}`,
      ["1: /scope/account: expected 12 digits in quotes, got 111122223333"],
    ],
    [
      "a time to live beyond the last date",
      `ttl: 9999999d\n${rule("effects: [{ reset: {} }]")}`,
      ['1: /ttl: expected time such as 10m, after which the scenario is deactivated, got "9999999d"'],
    ],
    [
      "conditions that can never hold",
      `${rule("when: { from: 5, to: 2, window: { every: 0s, for: 0.0ms } }\n    effects: [{ reset: {} }]")}
  - { id: b, when: { nth: [1, 4], from: 2, to: 3 }, effects: [{ reset: {} }] }
expect:
  - { rule: a, hits: { exactly: 1, atMost: 2 } }
  - { calls: {}, atLeast: 2, atMost: 1 }`,
      [
        "3: /rules/0/when/to: is below from, which is 5",
        "3: /rules/0/when/window/every: expects more than zero",
        "3: /rules/0/when/window/for: expects more than zero",
        "5: /rules/1/when/nth: is outside the range of from and to",
        "7: /expect/0/hits: exactly cannot be combined with atLeast or atMost",
        "8: /expect/1: atLeast 2 is above atMost 1",
      ],
    ],
    [
      "an effect that never happens",
      rule("effects: [{ throttle: {} }, { latency: { fixed: 1s } }]"),
      [/^3: \/rules\/0\/effects\/0\/throttle: sends the answer, so/],
    ],
    [
      "effects that no operation can have together",
      rule("effects: [{ gzip: { how: absent } }, { corruptFrame: { how: zeroFill } }]"),
      ["3: /rules/0/effects: no operation supports all of these effects"],
    ],
    [
      "states that lead nowhere, or that nothing leads to",
      `${rule("effects: [{ reset: {} }]")}
states:
  - { id: one, rules: [b], next: [{ goto: tow, signal: x }, { goto: two, after: 1s, signal: y }, { goto: two }] }
  - { id: two, rules: [a], next: [{ goto: one, hits: { rule: aa, count: 1 } }] }
  - { id: three, rules: [] }`,
      [
        '5: /states/0/rules/0: no rule is named "b" (did you mean "a"?)',
        '5: /states/0/next/0/goto: no state is named "tow" (did you mean "two"?)',
        "5: /states/0/next/1: expected exactly one of after, signal, hits, got 2",
        "5: /states/0/next/2: expected exactly one of after, signal, hits, got 0",
        '6: /states/1/next/0/hits/rule: no rule is named "aa" (did you mean "a"?)',
        '7: /states/2: no transition leads to the state "three"',
      ],
    ],
    [
      "several faults at once",
      "sed: 1\nrules: [{ id: a, wen: {}, effects: [] }]",
      [/sed/, /wen/, /at least 1 items/],
    ],
    [
      "unknown values beside unknown keys",
      `seed: -1
rules:
  - { id: a, match: { op: GetImageFram }, effects: [{ reset: {} }] }
  - { id: a, match: { opp: Get* }, effects: [{ error: { type: ConflictException } }] }
  - { id: b, match: { op: GetImageFrame }, effects: [{ error: { type: ServiceQuotaExceededException } }] }
states: [{ id: one, rules: [c] }]
expect:
  - { rule: b, hit: 1 }
  - { rule: bb, hits: 1 }`,
      [
        "1: /seed: expected at least 0, got -1",
        '3: /rules/0/match/op: no operation is named "GetImageFram" (did you mean "GetImageFrame"?)',
        '4: /rules/1/match/opp: unknown key "opp" (did you mean "op"?)',
        '4: /rules/1/id: there are two rules "a"',
        /^5: .* ServiceQuotaExceededException is not an error of GetImageFrame/,
        '6: /states/0/rules/0: no rule is named "c" (did you mean "a"?)',
        '8: /expect/0/hit: unknown key "hit" (did you mean "hits"?)',
        '9: /expect/1/rule: no rule is named "bb" (did you mean "b"?)',
      ],
    ],
  ])("reports the line and the remedy of this fault: %s", async (_, text, problems) => {
    expect(await problemsOf(text)).toEqual(
      problems.map((problem) => (typeof problem === "string" ? problem : expect.stringMatching(problem))),
    );
  });

  test("refuses aliases that would expand to very many values", async () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [name, of] of ["ba", "cb", "dc", "ed", "fe", "gf"].map((pair) => pair.split(""))) {
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(", ")}]`);
    }
    expect(await problemsOf(bomb.join("\n"))).toEqual([expect.stringContaining("alias")]);
  });

  test("reports the first hundred of very many problems", async () => {
    const rules = Array.from({ length: 150 }, (_, index) => `  - { id: r${index}, effects: [{ rest: {} }] }`);
    const problems = await problemsOf(`rules:\n${rules.join("\n")}`);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe("102: : and 50 more problems from here on");
  });

  test("refuses a text that is not YAML with a message that does not repeat the whole text", async () => {
    const problems = await problemsOf(`---\n"a"\n${"| words ".repeat(100)}`);
    expect(problems.filter((problem) => problem.length > 250)).toEqual([]);
    expect(problems).toContainEqual(expect.stringMatching(/\.\.\.$/));
  });

  test("refuses a text of more than 256 KiB without reading it", async () => {
    expect(await problemsOf(`# ${"\u00e9".repeat(2 ** 17)}`)).toEqual([
      "1: : expected at most 262144 bytes, got 262146",
    ]);
  });

  test.each([
    ["lists in lists", "- ".repeat(125_000), "1: : it is nested too deeply"],
    ["maps in maps", "a: ".repeat(80_000), "1: : it is nested too deeply"],
    ["keys of keys", "? ".repeat(125_000), "1: : it is nested too deeply"],
    ["lists in brackets", `a: 1\nb: ${"[".repeat(501)}`, "2: : it is nested too deeply"],
    ["maps in braces", "{a: ".repeat(501), "1: : it is nested too deeply"],
    ["brackets in lists", "- [".repeat(80_000), "1: : it is nested too deeply"],
    ["very many items", "- a\n".repeat(64_000), "20000: : it has more than 100000 tokens"],
    ["very many empty lists", `rules: [${"[],".repeat(60_000)}]`, "1: : it has more than 100000 tokens"],
    ["very many brackets", "- ]\n".repeat(60_000), "25000: : it has more than 100000 tokens"],
    ["very many tags", "! ".repeat(120_000), "1: : it has more than 100000 tokens"],
    [
      "very many levels, again and again",
      `- ${"[".repeat(90)}${"]".repeat(90)}\n`.repeat(1380),
      /^\d{3}: : it has more than 100000/,
    ],
  ])("refuses %s before parsing", async (_, text, problem) => {
    expect(await problemsOf(text)).toEqual([
      typeof problem === "string" ? problem : expect.stringMatching(problem),
    ]);
  });

  test("takes a text of a thousand rules, and brackets inside words", async () => {
    const line = (index: number): string =>
      `  - { id: r${index}, match: { op: [GetImageFrame, GetImageSet] }, when: { probability: 0.5 }, effects: [{ latency: 1s }] }`;
    const text = `description: |\n  ${"[{ - ? ".repeat(500)}\nrules:\n${Array.from({ length: 1000 }, (_, index) => line(index)).join("\n")}`;
    const problems = await problemsOf(text);
    expect(problems.filter((problem) => /nested|more than/.test(problem))).toEqual([]);
  });

  test("reports the problem of any body to an HTTP client", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        const { scenario, problems = [] } = await read(text);
        return scenario !== undefined || problems.every(({ line, message }) => line >= 1 && message !== "");
      }),
      { numRuns: 300 },
    );
  });
});

/** Every place in a value, from the top down. */
function placesOf(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...place, name]))];
}

function withAt(value: unknown, [name, ...rest]: readonly string[], other: unknown): unknown {
  if (name === undefined) return other;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? withAt(item, rest, other) : item));
  const members = value as Record<string, unknown>;
  return { ...members, [name]: withAt(members[name], rest, other) };
}

test("any value in any place of a scenario is read, or refused with a reason", async () => {
  const folder = resolve(import.meta.dirname, "../../../../scenarios");
  const presets = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const values = presets.map((name) => parse(readFileSync(resolve(folder, name), "utf8")) as unknown);
  const wordsOf = (value: unknown): unknown[] => placesOf(value).flatMap((place) => place.at(-1) ?? []);
  const words = [...values.flatMap(wordsOf), "1s", "Get*", 0, 1, 2 ** 31, -1, 0.5, null, {}, [], true];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...values),
      fc.nat(),
      fc.oneof(fc.constantFrom(...words), fc.jsonValue()),
      async (value, at, other) => {
        const places = placesOf(value);
        const changed = withAt(value, places[at % places.length] ?? [], other);
        const { scenario, problems = [] } = await read(JSON.stringify(changed));
        expect(scenario === undefined).toBe(problems.length > 0);
      },
    ),
    { numRuns: 500 },
  );
});

test("an error that the model does not list is accepted where it is forced", async () => {
  const forced = rule(
    "match: { op: GetImageFrame }\n    effects: [{ error: { type: ConflictException, force: true } }]",
  );
  expect(await problemsOf(forced)).toEqual([]);
});

test("JSON is accepted like YAML, with the $schema member that editors look for", async () => {
  const json = JSON.stringify({ $schema: "x", rules: [{ id: "a", effects: [{ reset: {} }] }] }, null, "\t");
  expect((await read(json)).scenario).toMatchObject({ name: "default-name", rules: [{ id: "a" }] });
});

test("a rule without operations applies to every operation that its effects support", async () => {
  const { scenario } = await read(rule("effects: [{ corruptFrame: { how: otherFrame } }]"));
  expect([...(scenario?.rules[0]?.operations ?? [])]).toEqual(["GetImageFrame"]);
});

test("the schema in the package is the one that scenarios are checked against", () => {
  const path = resolve(import.meta.dirname, "../../../../scenarios/scenario.schema.json");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(PUBLISHED_SCHEMA);
});
