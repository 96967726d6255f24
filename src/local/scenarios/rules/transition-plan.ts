import type { Clock } from "../../../domain/time/clock.ts";
import { resourceName } from "../../../domain/resource.ts";
import type { Decision, Transition } from "../../../domain/time/transitions.ts";
import type { ActiveScenario, Held } from "../active-scenario.ts";
import type { TransitionStep } from "../faults/effect.ts";
import type { FiringRule, Scenarios } from "../scenarios.ts";

interface TransitionPlanDependencies {
  readonly scenarios: Pick<Scenarios, "keeps">;
  readonly clock: Clock;
  /** Has the plan evaluated again. */
  readonly reevaluate: () => void;
}

interface Step {
  readonly run: ActiveScenario;
  readonly rule: string;
  readonly fault: string;
  readonly step: TransitionStep;
}

interface Wait {
  readonly held: Held;
  readonly stop: () => void;
}

/**
 * The effect of scenarios on one transition: consecutive delays, and possibly a failure at the end. It is
 * decided once; the remaining delays of a rule are dropped when that rule is no longer armed.
 */
export class TransitionPlan {
  readonly #parts: TransitionPlanDependencies;
  readonly #transition: Transition;
  #steps: readonly Step[];
  #wait: Wait | undefined;
  #cancelWake = (): void => {};
  #isUnderWay = false;

  constructor(asked: readonly FiringRule[], transition: Transition, parts: TransitionPlanDependencies) {
    this.#parts = parts;
    this.#transition = transition;
    this.#steps = asked.flatMap(({ run, ruleMatch }) =>
      ruleMatch.effects
        .filter((effect) => effect.kind === "transition")
        .map(({ step }) => ({ run, rule: ruleMatch.rule, fault: ruleMatch.label, step })),
    );
  }

  decide(): Decision {
    if (this.#isUnderWay) this.#dropDisarmed();
    this.#isUnderWay = true;
    this.#cancelWake();
    for (let [first] = this.#steps; first !== undefined; [first] = this.#steps) {
      const { step } = first;
      if ("failure" in step) return { ...step, fault: first.fault };
      this.#wait ??= this.#begin(first, step);
      if (isWaiting(this.#wait.held, this.#parts.clock.now())) {
        this.#wakeAtChangeOf(first.run);
        return "hold";
      }
      this.#next();
    }
    return "go";
  }

  #dropDisarmed(): void {
    const [first] = this.#steps;
    const isKept = ({ run, rule }: Step): boolean => this.#parts.scenarios.keeps(run, rule);
    if (first !== undefined && !isKept(first)) this.#next();
    this.#steps = this.#steps.filter(isKept);
  }

  /** The delay is not a background task of the clock: `wait` with `autoAdvance` moves the clock to its end. */
  #begin({ run, rule }: Step, { waitMs, signal }: Exclude<TransitionStep, { failure: string }>): Wait {
    const { clock, reevaluate } = this.#parts;
    const { kind, id, from } = this.#transition;
    const since = clock.now();
    const held: Held = { rule, kind, id, from, since, until: since + waitMs, signal, isSignalled: false };
    const cancel = Number.isFinite(waitMs) ? clock.schedule(waitMs, reevaluate) : () => {};
    run.held.set(resourceName(held), held);
    const stop = (): void => {
      cancel();
      if (run.held.get(resourceName(held)) === held) run.held.delete(resourceName(held));
    };
    return { held, stop };
  }

  #next(): void {
    this.#wait?.stop();
    this.#wait = undefined;
    this.#steps = this.#steps.slice(1);
  }

  /** A scenario may end, or leave a state, between events. */
  #wakeAtChangeOf(run: ActiveScenario): void {
    const { clock, reevaluate } = this.#parts;
    const at = run.nextChange(clock.now());
    if (at === undefined) return;
    // States of zero length are evaluated a little later, so that time advances.
    this.#cancelWake = clock.schedule(Math.max(1, at - clock.now()), reevaluate, true);
  }
}

const isWaiting = ({ until, isSignalled }: Held, now: number): boolean => !isSignalled && now < until;
