import { isRecord } from "../../../api/json.ts";
import type { Model } from "../../../api/model/model.ts";
import { statusesOf } from "../../../domain/resource.ts";
import { checkExpectation } from "./check-expectation.ts";
import { checkStates } from "./check-states.ts";
import type { ParsedText } from "./parse-text.ts";
import type { Expectation, ReadyRule, ReadyScenario, Rule, Scenario } from "../scenario.ts";
import { readRule } from "./read-rule.ts";
import { check, pointTo, type Problem } from "./schema.ts";
import { SCENARIO } from "./vocabulary.ts";

/** A problem, and its line in the text. */
export interface LocatedProblem extends Problem {
  readonly line: number;
}

export type ReadResult =
  | { readonly scenario: ReadyScenario; readonly problems?: undefined }
  | { readonly scenario?: undefined; readonly problems: readonly LocatedProblem[] };

/** Maximum size of a text: it is parsed in one go, which at this size takes a second or two. */
export const MAX_SCENARIO_BYTES = 2 ** 18;

/** A file with more problems is not a scenario. */
const MAX_PROBLEMS = 100;

/**
 * Parses a scenario and resolves its names. Reports all problems at once.
 * @param name `default` if the scenario has none, or `given` to override it
 */
export async function readScenarioSource(
  text: string,
  model: Model,
  name: { readonly given?: string; readonly default: string },
): Promise<ReadResult> {
  const byteLength = Buffer.byteLength(text);
  if (byteLength > MAX_SCENARIO_BYTES) {
    const message = `expected at most ${MAX_SCENARIO_BYTES} bytes, got ${byteLength}`;
    return { problems: [{ line: 1, pointer: "", message }] };
  }
  // Loaded with the first scenario: an emulator without scenarios starts sooner.
  const { parseText } = await import("./parse-text.ts");
  const parsed = parseText(text);
  const locate = (problem: Problem): LocatedProblem => ({ line: parsed.lineOf(problem.pointer), ...problem });
  const unreadable = parsed.errors.map((error) => ({ ...error, pointer: "" }));
  if (parsed.value === undefined) return { problems: firstOf(unreadable) };
  const value = withoutSchemaReference(parsed.value);
  const wrong = check(SCENARIO, value);
  const { rules, problems } = readWords(value, wrong, model);
  const all = [...unreadable, ...[...wrong, ...problems].map(locate)];
  if (all.length > 0) return { problems: firstOf(all) };
  const scenario = value as Partial<Scenario>;
  return { scenario: { ...scenario, name: name.given ?? scenario.name ?? name.default, rules, text } };
}

/** Resolves the names of everything that the schema accepts, even if other parts are faulty. */
function readWords(
  value: unknown,
  wrong: readonly Problem[],
  model: Model,
): { readonly rules: readonly ReadyRule[]; readonly problems: readonly Problem[] } {
  if (!isRecord(value)) return { rules: [], problems: [] };
  const isWrong = aroundProblems(wrong);
  const sound = <T>(pointer: string): (readonly [item: T, pointer: string])[] => {
    const list = value[pointer.slice(1)];
    if (!Array.isArray(list) || wrong.some((problem) => problem.pointer === pointer)) return [];
    return list
      .map((item: T, index) => [item, pointTo(pointer, index)] as const)
      .filter(([, place]) => !isWrong.has(place));
  };
  const operations = [...model.operations.values()];
  const names = operations.map((operation) => operation.name);
  const statuses = statusesOf(model);
  const rules = sound<Rule>("/rules").map(([rule, pointer]) =>
    readRule(rule, pointer, { operations, statuses }),
  );
  const ids = idsOf(value["rules"]);
  const known = ids.filter((id) => id !== undefined);
  const problems = [
    ...(PARTS.every((part) => value[part] === undefined) ? [NOTHING] : []),
    ...rules.flatMap((rule) => rule.problems),
    ...checkIds(ids),
    ...(isWrong.has("/states") ? [] : checkStates((value as Partial<Scenario>).states, known)),
    ...sound<Expectation>("/expect").flatMap(([expectation, pointer]) =>
      checkExpectation(expectation, pointer, known, names),
    ),
  ];
  return { rules: rules.map(({ rule }) => rule), problems };
}

/** The places of problems, and their parents. */
function aroundProblems(problems: readonly Problem[]): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { pointer } of problems) {
    for (let end = pointer.length; end > 0; end = pointer.lastIndexOf("/", end - 1))
      places.add(pointer.slice(0, end));
  }
  return places;
}

/** From top to bottom. */
function firstOf(problems: readonly LocatedProblem[]): readonly LocatedProblem[] {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  const left = sorted[MAX_PROBLEMS];
  if (left === undefined) return sorted;
  const message = `and ${sorted.length - MAX_PROBLEMS} more problems from here on`;
  return [...sorted.slice(0, MAX_PROBLEMS), { line: left.line, pointer: "", message }];
}

/** A scenario has at least one of these members. */
const PARTS = ["rules", "quotas", "expect"] as const;
const NOTHING: Problem = { pointer: "", message: "expected rules, quotas or expect, got none of them" };

/** Editors find the schema by it. */
function withoutSchemaReference(value: ParsedText["value"]): unknown {
  if (!isRecord(value)) return value;
  const { $schema: _, ...rest } = value;
  return rest;
}

/** Names of all rules, also of faulty ones. */
const idsOf = (rules: unknown): readonly (string | undefined)[] =>
  (Array.isArray(rules) ? rules : []).map((rule: unknown) => {
    const id = isRecord(rule) ? rule["id"] : undefined;
    return typeof id === "string" ? id : undefined;
  });

function checkIds(ids: readonly (string | undefined)[]): Problem[] {
  const seen = new Set<string>();
  return ids.flatMap((id, index) => {
    if (id === undefined) return [];
    const isTaken = seen.has(id);
    seen.add(id);
    if (!isTaken) return [];
    return [{ pointer: `/rules/${index}/id`, message: `there are two rules ${JSON.stringify(id)}` }];
  });
}
