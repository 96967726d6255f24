import { modelOf } from "../../../api/model/model.ts";
import { SERVICE_RELEASES, type ServiceRelease } from "../../../api/releases/service-release.ts";
import {
  isFailure,
  statusesCalled,
  statusesOf,
  type ResourceKind,
  type Statuses,
} from "../../../domain/resource.ts";
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
    const hint = hintOfRelease(resource, name) ?? suggest(name, known);
    return report("/match/transition/from", `${name} is not a transient status of ${resource}`, hint);
  }
  const failing = effects.findIndex((effect) => effect.kind === "transition" && "failure" in effect.step);
  const canFail = names
    .flatMap((name) => passing(statuses, resource, name))
    .some((status) => statuses.next[resource][status]?.some(isFailure));
  if (failing < 0 || canFail) return;
  report(`/effects/${failing}/fail`, `a resource that is ${names.join(", ")} cannot fail`);
}

/** Undefined for a status of no release. */
function hintOfRelease(resource: ResourceKind, name: string): string | undefined {
  const hasStatus = (release: ServiceRelease): boolean =>
    passing(statusesOf(modelOf(release)), resource, name).length > 0;
  const release = SERVICE_RELEASES.find(hasStatus);
  return (
    release && `it is one of service release ${release}: start the emulator with --service-release ${release}`
  );
}

const passing = (statuses: Statuses, resource: ResourceKind, name: string): string[] =>
  statusesCalled(statuses, resource, name).filter((status) => statuses.transient[resource].includes(status));
