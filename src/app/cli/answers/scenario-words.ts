import type {
  CallsAnswer,
  HitAnswer,
  RequestsAnswer,
  ScenarioAnswer,
  ScenariosAnswer,
  VerdictAnswer,
} from "../../../local/sdk/control-operations.ts";
import { pluralize, table } from "./control-words.ts";

export const describeScenarios = ({ scenarios, presets }: ScenariosAnswer): string =>
  [
    ...(scenarios.length === 0 ? ["no scenarios are loaded"] : []),
    ...table(scenarios.map(({ name, status, rules }) => [name, status, hitsOf({ rules })])),
    `presets  ${presets.join(" ")}`,
  ].join("\n");

const hitsOf = ({ rules }: Pick<ScenarioAnswer, "rules">): string =>
  pluralize(
    rules.reduce((sum, { hits }) => sum + hits, 0),
    "hit",
  );

export function describeScenario({ name, status, seed, state, held = [], rules }: ScenarioAnswer): string {
  const parts = [`${name} is ${status}`];
  if (seed !== undefined) parts.push(`seed ${seed}`);
  if (state !== undefined) parts.push(`in ${state.id}`);
  return [
    parts.join(", "),
    ...table(rules.map(({ id, hits }) => [id, pluralize(hits, "hit")])),
    ...held.map(({ resource, status: kept, rule, until, signal }) => {
      const ends = [
        signal === undefined ? "" : `, until ${signal}`,
        until === undefined ? "" : `, to ${until}`,
      ];
      return `  ${resource} is held in ${kept} by ${rule}${ends.join("")}`;
    }),
  ].join("\n");
}

export const describeHits = (hits: readonly HitAnswer[]): string =>
  hits.length === 0
    ? "no hits"
    : table(
        hits.map(({ at, fault, subject }) => [at, fault, String(subject["operation"] ?? subject["kind"])]),
      ).join("\n");

export function describeVerdict({ ok, failures, inconclusive }: VerdictAnswer): string {
  if (ok) return "all expectations are met";
  return [
    ...failures.map(({ message }) => `not met: ${message}`),
    ...inconclusive.map(({ message }) => `undecided: ${message}`),
  ].join("\n");
}

export const describeRequests = ({ found, requests, hits }: RequestsAnswer): string =>
  [
    `${pluralize(found, "request")} found, the last ${requests.length}:`,
    ...table(
      requests.map(({ seq, at, operation, status, errorType, brokeOff, faults }) => [
        String(seq),
        at,
        operation,
        outcome({ status, errorType, brokeOff }),
        faults.join(" "),
      ]),
    ),
    ...(hits.length === 0 ? [] : ["matches without a request:"]),
    ...table(hits.map(({ at, fault, subject }) => [at, String(subject["kind"]), fault])),
  ].join("\n");

export const describeCalls = ({ found, calls }: CallsAnswer): string =>
  [
    `${pluralize(found, "call")} found, the last ${calls.length}:`,
    ...table(calls.map((call) => [call.operation, call.outcome, call.attempts.map(outcome).join(", ")])),
  ].join("\n");

interface Outcome {
  readonly status?: number | undefined;
  readonly errorType?: string | undefined;
  readonly brokeOff?: string | undefined;
}

const outcome = ({ status, errorType, brokeOff }: Outcome): string =>
  [status, errorType, brokeOff].filter((part) => part !== undefined).join(" ") || "pending";
