import { isFailure, statusesCalled, type ResourceKind, type Statuses } from "../../../domain/resource.ts";
import type { Effect } from "../faults/effect.ts";
import type { Match } from "../scenario.ts";
import { suggest } from "./schema.ts";

/** Reports a problem at a path of the rule. */
export type ReportProblem = (path: string, message: string, hint?: string) => void;

/** The problems of a rule with hold, delay or fail. @param statuses those of the release */
export function checkTransition(
  match: Match,
  effects: readonly Effect[],
  statuses: Statuses,
  report: ReportProblem,
): void {
  if (match.transition === undefined) {
    const example = "add for example transition: { resource: datastore, from: CREATING }";
    return report("/match", "has no transition", example);
  }
  const { resource, from = statuses.transient[resource] } = match.transition;
  for (const [name, of] of [
    ["imageSet", "imageSet"],
    ["job", "importJob"],
  ] as const) {
    if (match[name] !== undefined && resource !== of)
      report(`/match/${name}`, `does not apply to a transition of ${resource}`);
  }
  const names = [from].flat();
  for (const name of names) {
    if (passing(statuses, resource, name).length > 0) continue;
    const known = [...(resource === "imageSet" ? ["LOCKED"] : []), ...statuses.transient[resource]];
    report(
      "/match/transition/from",
      `${name} is not a transient status of ${resource}`,
      suggest(name, known),
    );
    return;
  }
  const failing = effects.findIndex((effect) => effect.kind === "transition" && "failure" in effect.step);
  const canFail = names
    .flatMap((name) => passing(statuses, resource, name))
    .some((status) => statuses.next[resource][status]?.some(isFailure));
  if (failing < 0 || canFail) return;
  report(`/effects/${failing}/fail`, `a resource that is ${names.join(", ")} cannot fail`);
}

const passing = (statuses: Statuses, resource: ResourceKind, name: string): string[] =>
  statusesCalled(statuses, resource, name).filter((status) => statuses.transient[resource].includes(status));
