import type { Clock } from "../../domain/time/clock.ts";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import { resourceName } from "../../domain/resource.ts";
import type { State } from "../../domain/state.ts";
import type { TransitionRule, PendingTransition } from "../../domain/time/transitions.ts";
import type { Scenarios } from "./scenarios.ts";
import { describeManifest, describeTransition } from "./describe-rule-event.ts";
import { TransitionPlan } from "./rules/transition-plan.ts";

interface LifecycleDependencies {
  readonly scenarios: Scenarios;
  readonly state: State;
  readonly clock: Clock;
  /** Makes the domain ask the rule again about each held transition. */
  readonly reevaluate: () => void;
}

/**
 * Decides once what happens to a resource that is about to leave a state: implements a port of the domain.
 */
export function createTransitionRule(parts: LifecycleDependencies): TransitionRule {
  const { scenarios, state } = parts;
  const plansOf = new WeakMap<PendingTransition, Map<string, TransitionPlan>>();
  return (transition, pendingTransition) => {
    const plans = plansOf.get(pendingTransition) ?? new Map<string, TransitionPlan>();
    let plan = plans.get(resourceName(transition));
    if (plan === undefined) {
      if (scenarios.isIdle) return "go";
      // Both image sets of a copy change in one pending transition: a rule that matches both fires once.
      const asked = scenarios.ask(describeTransition(transition, state), pendingTransition);
      plan = new TransitionPlan(asked, transition, parts);
      plansOf.set(pendingTransition, plans.set(resourceName(transition), plan));
    }
    return plan.decide();
  };
}

/** The delay of a job's manifest in milliseconds, or never: implements a port of the importer. */
export const createManifestGate =
  ({ scenarios, state }: Pick<LifecycleDependencies, "scenarios" | "state">) =>
  (job: ImportJob): number => {
    if (scenarios.isIdle) return 0;
    const effects = scenarios.decide(describeManifest(job, state)).flatMap((ruleMatch) => ruleMatch.effects);
    return effects.find((effect) => effect.kind === "manifest")?.delayMs ?? 0;
  };
