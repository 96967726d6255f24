import type { Model } from "../api/model.ts";
import { checkExpectation } from "./check-expectation.ts";
import { checkStates } from "./check-states.ts";
import type { ParsedText } from "./parse-text.ts";
import type { ReadyScenario, Rule, Scenario } from "./scenario.ts";
import { readRule } from "./read-rule.ts";
import { check, isRecord, type Problem } from "./schema.ts";
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
  const { rules: given = [], ...others } = value as Partial<Scenario>;
  const scenario: Scenario = { ...others, rules: given };
  const rules = scenario.rules.map((rule, index) =>
    readRule(rule, `/rules/${index}`, [...operations.values()]),
  );
  const wrong = [
    ...(scenario.rules.length === 0 && scenario.quotas === undefined ? [NOTHING] : []),
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

const NOTHING: Problem = { pointer: "", message: "expected rules or quotas, got neither" };

/** Editors find the schema by it. */
function withoutSchemaReference(value: ParsedText["value"]): unknown {
  if (!isRecord(value)) return value;
  const { $schema: _, ...rest } = value;
  return rest;
}

function checkIds(rules: readonly Rule[]): Problem[] {
  return rules.flatMap(({ id }, index) =>
    rules.findIndex((other) => other.id === id) === index
      ? []
      : [{ pointer: `/rules/${index}/id`, message: `another rule is called ${JSON.stringify(id)}` }],
  );
}
