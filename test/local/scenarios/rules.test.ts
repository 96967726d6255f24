import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { withDicomweb } from "../../../src/api/model/dicomweb-model.ts";
import { model } from "../../../src/api/model/model.ts";
import { readScenarioSource } from "../../../src/local/scenarios/reading/read-scenario.ts";
import type { ReadyScenario } from "../../../src/local/scenarios/scenario.ts";
import { Scenarios } from "../../../src/local/scenarios/scenarios.ts";
import type { RuleEvent } from "../../../src/local/scenarios/rule-event.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../../manual-clock.ts";

const CALL: RuleEvent = {
  kind: "call",
  transition: undefined,
  account: "000000000000",
  region: "us-east-1",
  accessKeyId: "test",
  operation: "GetImageFrame",
  datastoreId: "store",
  imageSetId: "set",
  frameId: "frame",
  jobId: undefined,
  jobName: undefined,
  file: undefined,
  attempt: 1,
};
const FILE: RuleEvent = {
  ...CALL,
  kind: "file",
  accessKeyId: undefined,
  operation: undefined,
  imageSetId: undefined,
  frameId: undefined,
  jobId: "job",
  jobName: "nightly-1",
  file: "in/a/CT-1.dcm",
  attempt: undefined,
};

const clock = new ManualClock();
const SILENT = { info: () => {} };

async function ready(rules: string, more = ""): Promise<ReadyScenario> {
  const text = `${more}\nrules: [${rules}]`;
  const { scenario, problems } = await readScenarioSource(text, withDicomweb(model), { default: "test" });
  if (scenario === undefined) throw new Error(JSON.stringify(problems));
  return scenario;
}

async function play(rules: string, more = ""): Promise<Scenarios> {
  const scenarios = new Scenarios({
    state: new MemoryState(),
    clock,
    activity: new ActivityStream(clock, { error: () => {} }),
    nextRequest: () => 1,
    log: SILENT,
  });
  scenarios.activate(await ready(rules, more));
  return scenarios;
}

const THROTTLE = "effects: [{ throttle: {} }]";
const fires = (scenarios: Scenarios, changes: Partial<RuleEvent> = {}): boolean =>
  scenarios.decide({ ...CALL, ...changes }).length > 0;

/** For which of a number of calls a rule fires, counted from 1. */
async function callsWithEffect(when: string, count = 12): Promise<number[]> {
  const scenarios = await play(`{ id: a, when: { ${when} }, ${THROTTLE} }`);
  return Array.from({ length: count }, (_, index) => index + 1).filter(() => fires(scenarios));
}

describe("a rule matches", () => {
  test.each<[match: string, yes: Partial<RuleEvent>, no: Partial<RuleEvent>]>([
    ["op: GetImageFrame", {}, { operation: "GetImageSet" }],
    ["op: [GetImageS*, Search*]", { operation: "GetImageSetMetadata" }, { operation: "GetImageFrame" }],
    ["op: 'dicomweb:*'", { operation: "GetDICOMInstance" }, { operation: "GetDICOMImportJob" }],
    ["datastore: store", {}, { datastoreId: "other" }],
    ["datastore: [a, st*]", {}, { datastoreId: undefined }],
    ["imageSet: { id: set }", {}, { imageSetId: "sets" }],
    ["frame: 'fra?e'", {}, { frameId: "fra/e" }],
    ["job: { id: job }", { jobId: "job" }, {}],
    ["job: { name: 'nightly-*' }", { jobName: "nightly-3" }, { jobName: "weekly" }],
    ["caller: { accessKey: test }", {}, { accessKeyId: undefined }],
    ["caller: { account: '000000000000' }", {}, { account: "111122223333" }],
    ["sdk: { attempt: 1 }", {}, { attempt: 2 }],
    ["sdk: { attempt: [2, 3] }", { attempt: 3 }, { attempt: undefined }],
    ["op: GetImageFrame, frame: frame", {}, { frameId: "b" }],
  ])("only calls that fit { %s }", async (match, yes, no) => {
    const scenarios = await play(`{ id: a, match: { ${match} }, ${THROTTLE} }`);
    expect([fires(scenarios, yes), fires(scenarios, no)]).toEqual([true, false]);
  });

  test.each([
    ["**", ["a", "a/b.dcm"], []],
    ["**/CT-*.dcm", ["CT-1.dcm", "a/CT-1.dcm", "a/b/CT-.dcm"], ["a/CT-1.dcm/x", "a/MR-1.dcm", "a/CT-1xdcm"]],
    ["in/*.dcm", ["in/a.dcm"], ["in/b/a.dcm", "in/a.DCM"]],
    ["in/(a)+[b]?.dcm", ["in/(a)+[b]c.dcm"], ["in/a.dcm"]],
  ])("only files whose key fits %s", async (glob, yes, no) => {
    const scenarios = await play(`{ id: a, match: { file: "${glob}" }, effects: [{ importFile: {} }] }`);
    for (const file of yes) expect([file, fires(scenarios, { ...FILE, file })]).toEqual([file, true]);
    for (const file of no) expect([file, fires(scenarios, { ...FILE, file })]).toEqual([file, false]);
  });

  test("calls or files, never both", async () => {
    expect(fires(await play(`{ id: a, ${THROTTLE} }`), FILE)).toBe(false);
    expect(fires(await play("{ id: a, effects: [{ importFile: {} }] }"))).toBe(false);
  });

  test("files of the account that its scenario's access key names", async () => {
    const scenarios = await play(
      "{ id: a, effects: [{ importFile: {} }] }",
      "scope: { accessKey: '111122223333' }",
    );
    expect(fires(scenarios, FILE)).toBe(false);
    expect(fires(scenarios, { ...FILE, account: "111122223333" })).toBe(true);
  });

  test("only callers that its scenario is for", async () => {
    const scenarios = await play(
      `{ id: a, ${THROTTLE} }`,
      "scope: { account: '111122223333', region: eu-west-1 }",
    );
    expect(fires(scenarios)).toBe(false);
    expect(fires(scenarios, { account: "111122223333" })).toBe(false);
    expect(fires(scenarios, { account: "111122223333", region: "eu-west-1" })).toBe(true);
  });
});

describe("a rule fires", () => {
  test.each<[when: string, calls: number[]]>([
    ["nth: 2", [2]],
    ["nth: [1, 3]", [1, 3]],
    ["from: 10", [10, 11, 12]],
    ["to: 2", [1, 2]],
    ["from: 3, to: 5", [3, 4, 5]],
    ["every: 4", [4, 8, 12]],
    ["from: 2, every: 4", [2, 6, 10]],
    ["max: 2", [1, 2]],
    ["from: 5, every: 2, max: 3", [5, 7, 9]],
    ["probability: 0", []],
    ["probability: 1, to: 2", [1, 2]],
  ])("with { %s } for the expected calls", async (when, calls) => {
    expect(await callsWithEffect(when)).toEqual(calls);
  });

  test("with counts of its own for each key that it counts by", async () => {
    const scenarios = await play(`{ id: a, when: { nth: 2, countBy: caller }, ${THROTTLE} }`);
    const callers = ["x", "y", "y", "x", "x", undefined, undefined];
    expect(callers.map((accessKeyId) => fires(scenarios, { accessKeyId }))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  test("when one caller exceeds a rate, regardless of other callers", async () => {
    const scenarios = await play(
      `{ id: a, when: { above: { rate: 2, burst: 3 }, countBy: caller }, ${THROTTLE} }`,
    );
    const burst = (accessKeyId: string): boolean[] =>
      Array.from({ length: 4 }, () => fires(scenarios, { accessKeyId }));
    expect(burst("x")).toEqual([false, false, false, true]);
    expect(burst("y")).toEqual([false, false, false, true]);
    clock.advance(1_000);
    expect(burst("x")).toEqual([false, false, true, true]);
  });

  test("in each of its time windows on the emulator's clock, and counts only then", async () => {
    const scenarios = await play(
      `{ id: a, when: { nth: [1, 2, 3], window: { after: 2s, for: 1s, every: 10s } }, ${THROTTLE} }`,
    );
    const at: number[] = [];
    for (let second = 0; second < 40; second += 0.5) {
      if (fires(scenarios)) at.push(second);
      clock.advance(500);
    }
    expect(at).toEqual([2, 2.5, 12]);
  });

  test("until the time to live of its scenario is over", async () => {
    const scenarios = await play(`{ id: a, ${THROTTLE} }`, "ttl: 1s");
    clock.advance(999);
    expect(fires(scenarios)).toBe(true);
    clock.advance(1);
    expect([fires(scenarios), scenarios.isIdle]).toEqual([false, true]);
  });

  test("first where its scenario was activated last, and a rule that answers ends the search", async () => {
    const scenarios = await play(`{ id: a, ${THROTTLE} }`);
    const second = await ready(
      `{ id: slow, effects: [{ latency: { fixed: 1s } }] }, { id: b, when: { nth: 1 }, ${THROTTLE} }`,
    );
    scenarios.activate({ ...second, name: "second" });
    const labels = (): string[] => scenarios.decide(CALL).map(({ label }) => label);
    expect(labels()).toEqual(["second/slow#1", "second/b#1"]);
    expect(labels()).toEqual(["second/slow#2", "test/a#1"]);
  });

  test("again after a reset, and not after its scenario is deactivated", async () => {
    const scenarios = await play(`{ id: a, when: { nth: 1 }, ${THROTTLE} }`);
    expect([fires(scenarios), fires(scenarios)]).toEqual([true, false]);
    scenarios.restart("test");
    expect([fires(scenarios), fires(scenarios)]).toEqual([true, false]);
    scenarios.deactivate("test");
    expect([scenarios.isIdle, fires(scenarios)]).toEqual([true, false]);
  });
});

test("a reset of one account restores that account's scenarios, and none that other accounts have removed", async () => {
  const rules = await ready(`{ id: a, ${THROTTLE} }`);
  const mine = { ...rules, name: "mine", scope: { account: "111122223333" } };
  const scenarios = new Scenarios({
    state: new MemoryState(),
    clock,
    activity: new ActivityStream(clock, { error: () => {} }),
    nextRequest: () => 1,
    log: SILENT,
    atStart: [rules, mine],
  });
  scenarios.reset();
  scenarios.removeAll();
  scenarios.resetAccount("444455556666");
  expect(scenarios.list()).toEqual([]);
  scenarios.resetAccount("111122223333");
  expect(scenarios.list()).toEqual([mine]);
  fires(scenarios, { account: "111122223333" });
  scenarios.resetAccount("111122223333");
  expect([scenarios.run("mine")?.hits, scenarios.isActive("test")]).toEqual([[], false]);
});

describe("a scenario with states", () => {
  const RULES = `{ id: always, match: { op: ListDatastores }, ${THROTTLE} }, { id: out, ${THROTTLE} }`;
  const STATES = `states:
  - { id: well, rules: [], next: [{ after: 10s, goto: ill }, { signal: break, goto: ill }] }
  - { id: ill, rules: [out], next: [{ hits: { rule: out, count: 2 }, goto: well }, { after: 5s, goto: well }] }
`;

  test("arms rules by time and by hits, again and again", async () => {
    const scenarios = await play(RULES, STATES);
    const seconds: number[] = [];
    for (let second = 0; second < 40; second += 1) {
      if (second % 3 === 1 && fires(scenarios)) seconds.push(second);
      clock.advance(1_000);
    }
    // Ill from 10 on; the second hit, at 13, heals it; ill again from 23 on, healed at 28; ill from 38 on.
    expect(seconds).toEqual([10, 13, 25]);
  });

  test("goes through the steps that were missed, each at its own time", async () => {
    const scenarios = await play(RULES, STATES);
    clock.advance(10_000 + 5_000 + 10_000 + 4_999);
    expect(fires(scenarios)).toBe(true);
    scenarios.restart("test");
    clock.advance(10_000 + 5_000 + 10_000 + 5_000);
    expect(fires(scenarios)).toBe(false);
  });

  test("moves on by hits and signals, and keeps the rules that no state names", async () => {
    const scenarios = await play(RULES, STATES);
    const machine = scenarios.run("test")?.machine;
    expect([fires(scenarios), fires(scenarios, { operation: "ListDatastores" })]).toEqual([false, true]);
    expect(machine?.signal("heal", clock.now())).toBe(false);
    expect(machine?.signal("break", clock.now())).toBe(true);
    expect([fires(scenarios), fires(scenarios), fires(scenarios)]).toEqual([true, true, false]);
    expect(machine?.describe(clock.now())).toMatchObject({ id: "well", signals: ["break"] });
  });

  test("does not hang in a loop of steps that take no time", async () => {
    const circle =
      "states: [{ id: a, rules: [], next: [{ after: 0s, goto: b }] }, { id: b, rules: [], next: [{ after: 0s, goto: a }] }]";
    expect(fires(await play(RULES, circle), { operation: "ListDatastores" })).toBe(true);
  });
});

describe("a random decision", () => {
  const names = Array.from({ length: 40 }, (_, index) => `frame-${index}`);

  test("is the same with the same seed under twenty shuffled interleavings", async () => {
    const calls = names.flatMap((frameId) => Array.from({ length: 5 }, () => frameId));
    const decide = async (order: readonly string[], seed: number): Promise<string> => {
      const scenarios = await play(`{ id: a, when: { probability: 0.3 }, ${THROTTLE} }`, `seed: ${seed}`);
      const decisions = new Map<string, boolean[]>();
      for (const frameId of order)
        decisions.set(frameId, [...(decisions.get(frameId) ?? []), fires(scenarios, { frameId })]);
      return JSON.stringify(names.map((name) => decisions.get(name)));
    };
    const expected = await decide(calls, 7);
    const shuffled = fc.shuffledSubarray(calls, { minLength: calls.length });
    for (const order of fc.sample(shuffled, { numRuns: 20, seed: 1 }))
      expect(await decide(order, 7)).toBe(expected);
    expect(await decide(calls, 8)).not.toBe(expected);
  });

  test("selects the given fraction, of many calls for one resource and of one call for each of many", async () => {
    for (const probability of [0.01, 0.2, 0.5, 0.9]) {
      const scenarios = await play(`{ id: a, when: { probability: ${probability} }, ${THROTTLE} }`);
      const same = Array.from({ length: 10_000 }, () => fires(scenarios)).filter(Boolean).length;
      const each = Array.from({ length: 10_000 }, (_, index) =>
        fires(scenarios, { frameId: `f${index}` }),
      ).filter(Boolean).length;
      const deviation = Math.sqrt(10_000 * probability * (1 - probability));
      for (const count of [same, each])
        expect(Math.abs(count - 10_000 * probability)).toBeLessThan(4 * deviation);
    }
  });
});

test("activating more scenarios, or more rules, than the limit is refused", async () => {
  const scenarios = new Scenarios({
    state: new MemoryState(),
    clock,
    activity: new ActivityStream(clock, { error: () => {} }),
    nextRequest: () => 1,
    log: SILENT,
  });
  const rules = Array.from({ length: 10 }, (_, index) => `{ id: r${index}, ${THROTTLE} }`).join(",");
  const ten = await ready(rules);
  for (let index = 0; index < 100; index++) scenarios.activate({ ...ten, name: `s${index}` });
  expect(() => scenarios.activate({ ...ten, name: "one-more" })).toThrow(
    "at most 100 scenarios can be active",
  );
  scenarios.activate({ ...ten, name: "s0" });
  scenarios.deactivate("s0");
  const eleven = await ready(`${rules}, { id: r10, ${THROTTLE} }`);
  expect(() => scenarios.activate({ ...eleven, name: "s0" })).toThrow(
    "1000 rules together, these would have 1001",
  );
});
