import type { Model, Operation } from "../api/model.ts";
import { checkStates } from "./check-states.ts";
import type { Effect, Fault } from "./faults/effect.ts";
import { FAULTS } from "./faults/faults.ts";
import { compileGlobs } from "./glob.ts";
import type { ParsedText } from "./parse-text.ts";
import type { Expectation, ReadyRule, ReadyScenario, Rule, Scenario, Texts } from "./scenario.ts";
import { check, isRecord, pointTo, suggest, type Problem } from "./schema.ts";
import { SCENARIO } from "./vocabulary.ts";

/** A problem, and the line of the text it is on. */
export interface LocatedProblem extends Problem {
  readonly line: number;
}

export type ReadResult =
  | { readonly scenario: ReadyScenario; readonly problems?: undefined }
  | { readonly scenario?: undefined; readonly problems: readonly LocatedProblem[] };

/**
 * Reads a scenario and looks its words up. Everything that is wrong is told at once.
 * @param name that it has where it says none itself, or whatever it says
 */
export async function readScenario(
  text: string,
  { operations }: Model,
  name: { readonly given?: string; readonly default: string },
): Promise<ReadResult> {
  // Loaded when the first scenario is: an emulator without any starts sooner.
  const { parseText } = await import("./parse-text.ts");
  const parsed = parseText(text);
  const locate = (problem: Problem): LocatedProblem => ({ line: parsed.lineOf(problem.pointer), ...problem });
  if (parsed.errors.length > 0) {
    return { problems: parsed.errors.map(({ line, message }) => ({ line, pointer: "", message })) };
  }
  const value = withoutSchemaReference(parsed.value);
  const problems = check(SCENARIO, value);
  if (problems.length > 0) return { problems: problems.map(locate) };
  const scenario = value as Scenario;
  const rules = scenario.rules.map((rule, index) =>
    readRule(rule, `/rules/${index}`, [...operations.values()]),
  );
  const wrong = [
    ...rules.flatMap((rule) => rule.problems),
    ...checkIds(scenario.rules),
    ...checkStates(scenario),
    ...(scenario.expect ?? []).flatMap((expectation, index) =>
      checkExpectation(expectation, `/expect/${index}`, scenario, [...operations.keys()]),
    ),
  ];
  if (wrong.length > 0) return { problems: wrong.map(locate) };
  const ready = rules.map(({ rule }) => rule);
  return { scenario: { ...scenario, name: name.given ?? scenario.name ?? name.default, rules: ready, text } };
}

/** Editors find the schema by it. */
function withoutSchemaReference(value: ParsedText["value"]): unknown {
  if (!isRecord(value)) return value;
  const { $schema: _, ...rest } = value;
  return rest;
}

interface ReadRule {
  readonly rule: ReadyRule;
  readonly problems: readonly Problem[];
}

function readRule(rule: Rule, pointer: string, all: readonly Operation[]): ReadRule {
  const problems: Problem[] = [];
  const report = (path: string, message: string, hint?: string): void =>
    void problems.push({ pointer: pointer + path, message, ...(hint === undefined ? {} : { hint }) });
  const effects = rule.effects.map(toEffect);
  const isAboutFiles = effects.some(({ fault }) => fault.name === "importFile");
  checkOperations(rule.match?.op, all, report);
  if (isAboutFiles) checkFileRule(rule, report);
  else if (rule.match?.file !== undefined) report("/match/file", "is for rules whose effect is importFile");
  if (rule.when?.window?.every !== undefined && rule.when.window.for === undefined) {
    report("/when/window/every", "needs for: how long it is open each time");
  }
  const isMeant = rule.match?.op === undefined ? () => true : matcherOf(rule.match.op);
  const able = all.filter(({ name }) =>
    effects.every(({ fault }) => fault.operations?.includes(name) ?? true),
  );
  const operations = able.filter(({ name }) => isMeant(name));
  for (const [index, { fault, options }] of effects.entries()) {
    const at = `/effects/${index}/${fault.name}`;
    if (!all.some(({ name }) => isMeant(name) && (fault.operations?.includes(name) ?? true))) {
      report(at, `is for ${fault.operations?.join(", ")}, which the rule does not match`);
      continue;
    }
    const reason = fault.check?.(options, operations);
    if (reason !== undefined) report(at, reason);
  }
  const names = isAboutFiles ? undefined : new Set(operations.map(({ name }) => name));
  return { rule: { ...rule, operations: names, ready: effects.map(({ effect }) => effect) }, problems };
}

type Report = (path: string, message: string, hint?: string) => void;

function toEffect(said: Readonly<Record<string, unknown>>): {
  fault: Fault;
  options: unknown;
  effect: Effect;
} {
  const [name = "", options] = Object.entries(said)[0] ?? [];
  const fault = FAULTS.get(name);
  if (fault === undefined) throw new Error(`the schema let ${name} pass, which is no fault`);
  return { fault, options, effect: fault.create(options) };
}

/** DICOMweb's operations go by both names. */
export const matcherOf = (patterns: Texts): ((operation: string) => boolean) => {
  const isNamed = compileGlobs(patterns);
  return (name) => isNamed(name) || (name === "GetDICOMInstance" && isNamed(`dicomweb:${name}`));
};

function checkOperations(op: Texts | undefined, all: readonly Operation[], report: Report): void {
  if (op === undefined) return;
  const isList = typeof op !== "string";
  for (const [index, pattern] of [op].flat().entries()) {
    if (all.some(({ name }) => matcherOf(pattern)(name))) continue;
    const known = all.map(({ name }) => name);
    report(
      isList ? `/match/op/${index}` : "/match/op",
      `no operation is called ${JSON.stringify(pattern)}`,
      suggest(pattern, known),
    );
  }
}

const OF_FILES = ["file", "job", "datastore", "caller"];

function checkFileRule({ match = {}, effects }: Rule, report: Report): void {
  for (const name of Object.keys(match)) {
    if (OF_FILES.includes(name)) continue;
    report(
      `/match/${name}`,
      "says nothing of a file of an import",
      `a rule with importFile matches by ${OF_FILES.join(", ")}`,
    );
  }
  if (match.caller?.accessKey !== undefined)
    report("/match/caller/accessKey", "says nothing of a file of an import", "use account");
  if (effects.length > 1) report("/effects", "importFile is the only effect of its rule");
}

function checkIds(rules: readonly Rule[]): Problem[] {
  return rules.flatMap(({ id }, index) =>
    rules.findIndex((other) => other.id === id) === index
      ? []
      : [{ pointer: `/rules/${index}/id`, message: `another rule is called ${JSON.stringify(id)}` }],
  );
}

/** Which members go together. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  rule: ["hits"],
  calls: ["exactly", "atLeast", "atMost"],
  order: [],
  never: [],
};

function checkExpectation(
  expectation: Expectation,
  pointer: string,
  { rules }: Scenario,
  operations: readonly string[],
): Problem[] {
  const said = Object.keys(expectation);
  const kinds = said.filter((name) => name in FORMS);
  const [kind = ""] = kinds;
  const extra = said.find((name) => name !== kind && FORMS[kind]?.includes(name) !== true);
  if (kinds.length !== 1 || extra !== undefined) {
    const message =
      extra === undefined || kinds.length === 0 ? "is about nothing" : `${extra} does not go with ${kind}`;
    return [
      {
        pointer,
        message,
        hint: "it is one of: rule and hits; calls and exactly, atLeast, atMost; order; never",
      },
    ];
  }
  if ("rule" in expectation) {
    if (expectation.hits === undefined) return [{ pointer, message: '"hits" is missing' }];
    const ids = rules.map(({ id }) => id);
    if (ids.includes(expectation.rule)) return [];
    const message = `no rule is called ${JSON.stringify(expectation.rule)}`;
    return [{ pointer: pointTo(pointer, "rule"), message, hint: suggest(expectation.rule, ids) }];
  }
  if ("calls" in expectation && said.length === 1) {
    return [{ pointer, message: "exactly, atLeast or atMost is missing" }];
  }
  return checkPatterns(expectation, pointer, operations);
}

function checkPatterns(expectation: Expectation, pointer: string, operations: readonly string[]): Problem[] {
  const patterns: (readonly [path: string, pattern: string])[] = [];
  if ("order" in expectation)
    expectation.order.forEach((op, index) => patterns.push([`/order/${index}`, op]));
  if ("calls" in expectation)
    [expectation.calls.op ?? []].flat().forEach((op) => patterns.push(["/calls/op", op]));
  if ("never" in expectation)
    [expectation.never.op ?? []].flat().forEach((op) => patterns.push(["/never/op", op]));
  return patterns
    .filter(([, pattern]) => !operations.some(matcherOf(pattern)))
    .map(([path, pattern]) => ({
      pointer: pointer + path,
      message: `no operation is called ${JSON.stringify(pattern)}`,
      hint: suggest(pattern, operations),
    }));
}
