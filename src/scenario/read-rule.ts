import type { Operation } from "../api/model.ts";
import type { Effect, Fault } from "./faults/effect.ts";
import { FAULTS } from "./faults/faults.ts";
import { matcherOf } from "./match-operation.ts";
import type { ReadyRule, Rule, Texts } from "./scenario.ts";
import { suggest, type Problem } from "./schema.ts";

interface ReadRule {
  readonly rule: ReadyRule;
  readonly problems: readonly Problem[];
}

type Report = (path: string, message: string, hint?: string) => void;

/** Looks up the operations and the effects of a rule that is as the schema says. */
export function readRule(rule: Rule, pointer: string, all: readonly Operation[]): ReadRule {
  const problems: Problem[] = [];
  const report: Report = (path, message, hint) =>
    void problems.push({ pointer: pointer + path, message, ...(hint === undefined ? {} : { hint }) });
  const effects = rule.effects.map(toEffect);
  const ready = effects.map(({ effect }) => effect);
  checkOperations(rule.match?.op, all, report);
  if (rule.when?.window?.every !== undefined && rule.when.window.for === undefined) {
    report("/when/window/every", "needs for: how long it is open each time");
  }
  if (effects.some(({ effect }) => effect.kind === "file")) {
    checkFileRule(rule, report);
    return { rule: { ...rule, operations: undefined, ready }, problems };
  }
  if (rule.match?.file !== undefined) report("/match/file", "is for rules whose effect is importFile");
  const isMeant = rule.match?.op === undefined ? () => true : matcherOf(rule.match.op);
  const meant = all.filter(({ name }) => isMeant(name));
  const operations = meant.filter(({ name }) => effects.every(({ fault }) => isFor(fault, name)));
  checkEffects(effects, meant, operations, report);
  return { rule: { ...rule, operations: new Set(operations.map(({ name }) => name)), ready }, problems };
}

interface ReadEffect {
  readonly fault: Fault;
  readonly options: unknown;
  readonly effect: Effect;
}

function toEffect(said: Readonly<Record<string, unknown>>): ReadEffect {
  const [name = "", options] = Object.entries(said)[0] ?? [];
  const fault = FAULTS.get(name);
  if (fault === undefined) throw new Error(`the schema let ${name} pass, which is no fault`);
  return { fault, options, effect: fault.create(options) };
}

const isFor = ({ operations }: Fault, name: string): boolean => operations?.includes(name) ?? true;

/** @param operations those of the ones that are meant which every effect can be for */
function checkEffects(
  effects: readonly ReadEffect[],
  meant: readonly Operation[],
  operations: readonly Operation[],
  report: Report,
): void {
  for (const [index, { fault, options, effect }] of effects.entries()) {
    const at = `/effects/${index}/${fault.name}`;
    if (meant.length > 0 && !meant.some(({ name }) => isFor(fault, name))) {
      report(at, `is for ${fault.operations?.join(", ")}, which the rule does not match`);
      return;
    }
    const reason = fault.check?.(options, operations);
    if (reason !== undefined) report(at, reason);
    if (effect.kind === "call" && effect.ends && index < effects.length - 1) {
      report(at, "answers by itself: what stands behind it never happens", "make it the last effect");
    }
  }
  if (meant.length > 0 && operations.length === 0) report("/effects", "no operation can have all of these");
}

function checkOperations(op: Texts | undefined, all: readonly Operation[], report: Report): void {
  if (op === undefined) return;
  const isList = typeof op !== "string";
  for (const [index, pattern] of [op].flat().entries()) {
    if (all.some(({ name }) => matcherOf(pattern)(name))) continue;
    const known = all.map(({ name }) => name);
    const message = `no operation is called ${JSON.stringify(pattern)}`;
    report(isList ? `/match/op/${index}` : "/match/op", message, suggest(pattern, known));
  }
}

const OF_FILES = ["file", "job", "datastore", "caller"];

function checkFileRule({ match = {}, effects }: Rule, report: Report): void {
  const message = "says nothing of a file of an import";
  for (const name of Object.keys(match)) {
    if (OF_FILES.includes(name)) continue;
    report(`/match/${name}`, message, `a rule with importFile matches by ${OF_FILES.join(", ")}`);
  }
  if (match.caller?.accessKey !== undefined) report("/match/caller/accessKey", message, "use account");
  if (effects.length > 1) report("/effects", "importFile is the only effect of its rule");
}
