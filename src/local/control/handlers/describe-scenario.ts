import { resourceName, showStatus } from "../../../domain/resource.ts";
import type { ActiveScenario, Held } from "../../scenarios/active-scenario.ts";
import { presetNames } from "../../scenarios/reading/load-scenario.ts";
import type { ScenarioStateMachine } from "../../scenarios/rules/scenario-state-machine.ts";
import type { ReadyScenario } from "../../scenarios/scenario.ts";
import type { Scenarios } from "../../scenarios/scenarios.ts";

interface ScenarioParts {
  readonly scenarios: Scenarios;
}

export function describeAllScenarios({ scenarios }: ScenarioParts) {
  const loaded = scenarios.list().map((scenario) => describeStatus({ scenarios }, scenario));
  const known = new Set(loaded.map(({ name }) => name));
  const presets = presetNames().filter((name) => !known.has(name));
  return { scenarios: loaded, presets };
}

/** A scenario's description; if it is active, with the effects of its rules. */
export function describeStatus({ scenarios }: ScenarioParts, { name, description, rules }: ReadyScenario) {
  const run = scenarios.run(name);
  const isActive = scenarios.isActive(name);
  return {
    name,
    description,
    status: statusOf({ isActive, hasRun: run !== undefined, isLoaded: scenarios.get(name) !== undefined }),
    ...(run === undefined ? {} : describeRun(run)),
    ...(isActive && run?.machine !== undefined ? { state: describeState(run.machine, scenarios.now()) } : {}),
    ...(isActive && run !== undefined ? { held: scenarios.heldBy(run).map(showHeld) } : {}),
    rules: rules.map(({ id }, index) => ({ id, hits: run?.rules[index]?.hits ?? 0 })),
  };
}

function describeState(machine: ScenarioStateMachine, now: number) {
  const { since, until, ...state } = machine.describe(now);
  return {
    ...state,
    since: since.toISOString(),
    ...(until === undefined ? {} : { until: until.toISOString() }),
  };
}

const showHeld = (held: Held) => ({
  resource: resourceName(held),
  status: showStatus(held.kind, held.from),
  rule: held.rule,
  since: timestamp(held.since),
  ...(Number.isFinite(held.until) ? { until: timestamp(held.until) } : {}),
  ...(held.signal === undefined ? {} : { signal: held.signal }),
});

const describeRun = ({ seed, scope, activatedAt, expiresAt }: ActiveScenario) => ({
  seed,
  scope,
  activatedAt: timestamp(activatedAt),
  ...(expiresAt === undefined ? {} : { expiresAt: timestamp(expiresAt) }),
});

interface Known {
  readonly isActive: boolean;
  readonly hasRun: boolean;
  readonly isLoaded: boolean;
}

function statusOf({ isActive, hasRun, isLoaded }: Known): "active" | "expired" | "loaded" | "preset" {
  if (isActive) return "active";
  if (hasRun) return "expired";
  return isLoaded ? "loaded" : "preset";
}

export const timestamp = (at: number): string => new Date(at).toISOString();
