import { matcherOf } from "../rules/match-operation.ts";
import type { Count, Expectation } from "../scenario.ts";
import { pointTo, suggest, type Problem } from "./schema.ts";

/** Which members belong together. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  rule: ["hits"],
  calls: ["exactly", "atLeast", "atMost"],
  order: [],
  never: [],
};

/** The problems of one expectation of a scenario. */
export function checkExpectation(
  expectation: Expectation,
  pointer: string,
  ruleIds: readonly string[],
  operations: readonly string[],
): Problem[] {
  const said = Object.keys(expectation);
  const kinds = said.filter((name) => name in FORMS);
  const [kind = ""] = kinds;
  const extra = said.find((name) => name !== kind && FORMS[kind]?.includes(name) !== true);
  if (kinds.length !== 1 || extra !== undefined) {
    const message =
      extra === undefined || kinds.length === 0 ? "is empty" : `${extra} cannot be combined with ${kind}`;
    return [
      {
        pointer,
        message,
        hint: "expected one of: rule and hits; calls and exactly, atLeast, atMost; order; never",
      },
    ];
  }
  if ("rule" in expectation) {
    if (expectation.hits === undefined) return [{ pointer, message: '"hits" is missing' }];
    const { hits } = expectation;
    const wrongCount = typeof hits === "number" ? [] : checkCount(hits, pointTo(pointer, "hits"));
    if (ruleIds.includes(expectation.rule)) return wrongCount;
    const message = `no rule is named ${JSON.stringify(expectation.rule)}`;
    const hint = suggest(expectation.rule, ruleIds);
    return [{ pointer: pointTo(pointer, "rule"), message, hint }, ...wrongCount];
  }
  if ("calls" in expectation && said.length === 1) {
    return [{ pointer, message: "exactly, atLeast or atMost is missing" }];
  }
  const wrongCount = "calls" in expectation ? checkCount(expectation, pointer) : [];
  return [...checkPatterns(expectation, pointer, operations), ...wrongCount];
}

function checkCount({ exactly, atLeast = 0, atMost = Infinity }: Count, pointer: string): Problem[] {
  if (exactly !== undefined && (atLeast > 0 || atMost < Infinity))
    return [{ pointer, message: "exactly cannot be combined with atLeast or atMost" }];
  if (atLeast <= atMost) return [];
  return [{ pointer, message: `atLeast ${atLeast} is above atMost ${atMost}` }];
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
      message: `no operation is named ${JSON.stringify(pattern)}`,
      hint: suggest(pattern, operations),
    }));
}
