import { DICOMWEB_OPERATIONS } from "../../../api/model/dicomweb-operations.ts";
import type { Operation } from "../../../api/model/model.ts";
import { whyNotServed } from "../../../api/releases/why-not-served.ts";
import type { Statuses } from "../../../domain/resource.ts";
import { checkTransition, type ReportProblem } from "./check-transition.ts";
import { checkWhen } from "./check-when.ts";
import type { Effect, Fault } from "../faults/effect.ts";
import { FAULTS } from "../faults/faults.ts";
import { matcherOf } from "../rules/match-operation.ts";
import type { Match, ReadyRule, Rule, Strings } from "../scenario.ts";
import { suggest, type Problem } from "./schema.ts";

interface ReadRule {
  readonly rule: ReadyRule;
  readonly problems: readonly Problem[];
}

/** What a rule can name, of the served release. */
interface Served {
  readonly operations: readonly Operation[];
  readonly statuses: Statuses;
}

/** Resolves the operations and the effects of a rule that the schema accepts. */
export function readRule(rule: Rule, pointer: string, served: Served): ReadRule {
  const { operations: all, statuses } = served;
  const problems: Problem[] = [];
  const report: ReportProblem = (path, message, hint) =>
    void problems.push({ pointer: pointer + path, message, ...(hint === undefined ? {} : { hint }) });
  const effects = rule.effects.map(toEffect);
  const ready = effects.map(({ effect }) => effect);
  const [kind = "call", ...otherKinds] = new Set(ready.map((effect) => effect.kind));
  if (otherKinds.length > 0) report("/effects", "are not all for one subject", subjectsOf(effects));
  checkOperations(rule.match?.op, all, report);
  checkWhen(rule.when ?? {}, report);
  checkMatch(rule, kind, report);
  checkEnds(effects, report);
  if (kind !== "call") {
    checkHappening(rule, effects, statuses, report);
    return { rule: { ...rule, kind, operations: new Set(), ready }, problems };
  }
  const isMeant = rule.match?.op === undefined ? () => true : matcherOf(rule.match.op);
  const meant = all.filter(({ name }) => isMeant(name));
  const operations = meant.filter(({ name }) => effects.every(({ fault }) => isFor(fault, name)));
  checkEffects(effects, meant, operations, report);
  const names = new Set(operations.map(({ name }) => name));
  return { rule: { ...rule, kind, operations: names, ready }, problems };
}

interface ReadEffect {
  readonly fault: Fault;
  readonly options: unknown;
  readonly effect: Effect;
}

function toEffect(said: Readonly<Record<string, unknown>>): ReadEffect {
  const [name = "", options] = Object.entries(said)[0] ?? [];
  const fault = FAULTS.get(name);
  if (fault === undefined) throw new Error(`the schema accepted ${name}, which is not a fault`);
  return { fault, options, effect: fault.create(options) };
}

/** The subject of each effect; effects of different subjects need separate rules. */
const subjectsOf = (effects: readonly ReadEffect[]): string =>
  [...new Set(effects.map(({ fault, effect }) => `${fault.name} is for ${NAMES[effect.kind]}`))].join(", ");

const isFor = ({ operations }: Fault, name: string): boolean => operations?.includes(name) ?? true;

/** @param operations the matched operations that every effect applies to */
function checkEffects(
  effects: readonly ReadEffect[],
  meant: readonly Operation[],
  operations: readonly Operation[],
  report: ReportProblem,
): void {
  for (const [index, { fault, options }] of effects.entries()) {
    const at = `/effects/${index}/${fault.name}`;
    if (meant.length > 0 && !meant.some(({ name }) => isFor(fault, name))) {
      report(at, `is for ${fault.operations?.join(", ")}, which the rule does not match`);
      return;
    }
    const reason = fault.check?.(options, operations);
    if (reason !== undefined) report(at, reason);
  }
  if (meant.length > 0 && operations.length === 0)
    report("/effects", "no operation supports all of these effects");
}

function checkOperations(op: Strings | undefined, all: readonly Operation[], report: ReportProblem): void {
  if (op === undefined) return;
  const isList = typeof op !== "string";
  for (const [index, pattern] of [op].flat().entries()) {
    const isMeant = matcherOf(pattern);
    if (all.some(({ name }) => isMeant(name))) continue;
    const known = all.map(({ name }) => name);
    const later = DICOMWEB_OPERATIONS.find(({ name }) => isMeant(name));
    const message =
      later === undefined
        ? `no operation is named ${JSON.stringify(pattern)}`
        : `${later.name} is not served`;
    const hint = later === undefined ? suggest(pattern, known) : whyNotServed(later);
    report(isList ? `/match/op/${index}` : "/match/op", message, hint);
  }
}

function checkEnds(effects: readonly ReadEffect[], report: ReportProblem): void {
  for (const [index, { fault, effect }] of effects.slice(0, -1).entries()) {
    const ends = !("ends" in effect) || effect.ends;
    if (!ends) continue;
    const what = effect.kind === "call" ? "sends the answer" : "decides the outcome";
    const message = `${what}, so the effects after it have no effect`;
    report(`/effects/${index}/${fault.name}`, message, "make it the last effect");
  }
}

/** The members of `match` that apply to each kind of rule. */
const MATCHES: Readonly<Record<Effect["kind"], readonly (keyof Match)[]>> = {
  call: ["op", "datastore", "imageSet", "study", "series", "instance", "frame", "job", "caller", "sdk"],
  file: ["file", "job", "datastore", "caller"],
  manifest: ["job", "datastore", "caller"],
  transition: ["transition", "datastore", "imageSet", "job", "caller"],
};

const NAMES: Readonly<Record<Effect["kind"], string>> = {
  call: "a call",
  file: "a file of an import",
  manifest: "a manifest",
  transition: "a transition",
};

function checkMatch({ match = {} }: Rule, kind: Effect["kind"], report: ReportProblem): void {
  for (const name of Object.keys(match)) {
    if (MATCHES[kind].some((known) => known === name)) continue;
    const hint = `a rule for ${NAMES[kind]} matches by ${MATCHES[kind].join(", ")}`;
    report(
      `/match/${name}`,
      `does not apply to ${NAMES[kind]}, which the effects of this rule are for`,
      hint,
    );
  }
  if (kind === "call" || match.caller?.accessKey === undefined) return;
  report("/match/caller/accessKey", `does not apply to ${NAMES[kind]}`, "use account");
}

function checkHappening(
  { match = {} }: Rule,
  effects: readonly ReadEffect[],
  statuses: Statuses,
  report: ReportProblem,
): void {
  for (const [index, { fault, options }] of effects.entries()) {
    const reason = fault.check?.(options, []);
    if (reason !== undefined) report(`/effects/${index}/${fault.name}`, reason);
  }
  const ready = effects.map(({ effect }) => effect);
  if (ready.some(({ kind }) => kind === "transition")) checkTransition(match, ready, statuses, report);
}
