import { LocalError } from "../../api/local-errors.ts";
import type { Scope } from "../../api/arns.ts";
import { nameOfQuota } from "../../api/limits/quota-names.ts";
import type { Activity, FaultRecord } from "../../domain/activity.ts";
import type { Clock } from "../../domain/time/clock.ts";
import type { Log } from "../../domain/log.ts";
import { resourceStatusOf } from "../../domain/resource.ts";
import type { QuotaOverride } from "../../domain/limits/quotas.ts";
import type { State } from "../../domain/state.ts";
import { ActiveScenario, type Activation, type Held } from "./active-scenario.ts";
import type { RuleMatch } from "./rules/armed-rule.ts";
import type { ReadyScenario } from "./scenario.ts";
import { check } from "./reading/schema.ts";
import { SEED } from "./reading/seed-schema.ts";
import { StableNames } from "./rules/stable-names.ts";
import type { RuleEvent } from "./rule-event.ts";

interface ScenariosDependencies {
  readonly state: Pick<State, "datastores" | "imageSets" | "importJobs">;
  readonly clock: Pick<Clock, "now">;
  readonly activity: Pick<Activity, "read" | "faultInjected">;
  /** The number of the next request. */
  readonly nextRequest: () => number;
  /** Loaded and active after a reset. */
  readonly atStart?: readonly ReadyScenario[];
  /** Seed for random decisions in scenarios without a seed of their own; 0 by default. */
  readonly seed?: number | undefined;
  readonly log: Pick<Log, "info">;
}

/** Higher numbers are accidents. */
export const LIMITS = { loaded: 1_000, active: 100, rules: 1_000 } as const;

/** A refused action on scenarios; the message is for the user. */
export class ScenarioError extends LocalError {
  constructor(
    message: string,
    code: "InvalidScenario" | "ScenarioConflict" | "ScenarioNotFound" = "ScenarioConflict",
  ) {
    super(code, message);
  }
}

/** @throws ScenarioError */
export function checkSeed(seed: number | undefined): number | undefined {
  if (seed === undefined || check(SEED, seed).length === 0) return seed;
  throw new ScenarioError(
    `seed expects a whole number from 0 to ${SEED.maximum}, got ${seed}`,
    "InvalidScenario",
  );
}

/** A rule that fires, with its scenario. */
export interface FiringRule {
  readonly run: ActiveScenario;
  readonly ruleMatch: RuleMatch;
  readonly record: FaultRecord;
}

/** All loaded scenarios, some of which are active: the latest activation is asked first. */
export class Scenarios {
  readonly #parts: ScenariosDependencies;
  readonly #names: StableNames;
  readonly #loaded = new Map<string, ReadyScenario>();
  /** Includes expired ones, until they are activated again. */
  readonly #runs = new Map<string, ActiveScenario>();
  /** Undefined if no scenario is active. */
  #active: readonly ActiveScenario[] | undefined;
  #operations: ReadonlySet<string> | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(parts: ScenariosDependencies) {
    this.#parts = parts;
    this.#names = new StableNames(parts.state);
    parts.activity.read({
      faultInjected: (fault) => this.#runs.get(fault.scenario)?.noteHit(fault),
    });
  }

  get isIdle(): boolean {
    return this.#active === undefined;
  }

  /** Whether an armed rule may match calls of an operation. */
  isAbout(operation: string): boolean {
    return this.#operations?.has(operation) === true;
  }

  /** Notifies when held resources may be released. @returns unsubscribes */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Whether a rule is still armed in an activation that has not ended. */
  keeps(run: ActiveScenario, rule: string): boolean {
    return this.#runs.get(run.scenario.name) === run && run.isArmed(rule, this.#parts.clock.now());
  }

  /** Resources that an activation holds in a state now. */
  heldBy(run: ActiveScenario): Held[] {
    const { state } = this.#parts;
    return [...run.held.values()].filter((held) => resourceStatusOf(state, held)?.status === held.from);
  }

  /** False if nothing waits for the signal. */
  signal(run: ActiveScenario, name: string): boolean {
    const isWaitedFor = run.signal(name, this.#parts.clock.now());
    this.#tell();
    return isWaitedFor;
  }

  now(): number {
    return this.#parts.clock.now();
  }

  list(): ReadyScenario[] {
    return [...this.#loaded.values()];
  }

  get(name: string): ReadyScenario | undefined {
    return this.#loaded.get(name);
  }

  /** The latest activation, which may have expired; undefined if there was none. */
  run(name: string): ActiveScenario | undefined {
    return this.#runs.get(name);
  }

  isActive(name: string): boolean {
    const run = this.#runs.get(name);
    return run !== undefined && !run.isExpired(this.#parts.clock.now());
  }

  /** Replaces a scenario of that name, which is then no longer active. */
  put(scenario: ReadyScenario): void {
    if (!this.#loaded.has(scenario.name) && this.#loaded.size >= LIMITS.loaded) {
      throw new ScenarioError(`at most ${LIMITS.loaded} scenarios can be loaded`);
    }
    this.deactivate(scenario.name);
    this.#loaded.set(scenario.name, scenario);
  }

  /** False if it does not exist. */
  remove(name: string): boolean {
    this.deactivate(name);
    return this.#loaded.delete(name);
  }

  removeAll(): void {
    for (const name of this.#loaded.keys()) this.remove(name);
  }

  /** Restores the scenarios of the start, with all counts at zero. */
  reset(): void {
    this.removeAll();
    for (const scenario of this.#parts.atStart ?? []) {
      this.put(scenario);
      this.activate(scenario);
    }
  }

  /** Removes scenarios that are active for this account only. */
  resetAccount(account: string): void {
    const own = new Set(
      [...this.#runs.values()]
        .filter(({ scope }) => scope.account === account)
        .map(({ scenario }) => scenario.name),
    );
    for (const name of own) this.remove(name);
    // Other removed scenarios stay removed: they do not belong to this account.
    for (const scenario of this.#parts.atStart ?? []) {
      const isOwn = own.has(scenario.name) || scenario.scope?.account === account;
      if (!isOwn || this.#loaded.has(scenario.name)) continue;
      this.put(scenario);
      this.activate(scenario);
    }
  }

  /** Starts it again, whether it was active or not. */
  activate(scenario: ReadyScenario, activation: Activation = {}): ActiveScenario {
    this.#checkLimits(scenario);
    const { clock, nextRequest, state, log, seed: defaultSeed = 0 } = this.#parts;
    const run = new ActiveScenario(scenario, activation, {
      resources: state,
      names: this.#names,
      now: clock.now(),
      firstRequest: nextRequest(),
      defaultSeed,
    });
    this.#forget(scenario.name);
    this.#runs.set(scenario.name, run);
    this.#arm();
    this.#tell();
    log.info(`scenario ${scenario.name} is active, with the seed ${run.seed}`);
    return run;
  }

  deactivate(name: string): void {
    if (!this.#forget(name)) return;
    this.#arm();
    this.#tell();
  }

  /** Ends all delays: the emulator is closing. */
  stop(): void {
    for (const run of this.#runs.values()) run.waits.end();
  }

  #forget(name: string): boolean {
    this.#runs.get(name)?.waits.end();
    return this.#runs.delete(name);
  }

  /** Restarts its counts and random decisions; undefined if it is not active. */
  restart(name: string): ActiveScenario | undefined {
    const run = this.#runs.get(name);
    if (run === undefined || !this.isActive(name)) return undefined;
    const { seed, scope, scenario } = run;
    const left = run.expiresAt === undefined ? {} : { ttl: `${run.expiresAt - this.#parts.clock.now()}ms` };
    return this.activate(scenario, { seed, scope, ...left });
  }

  /** Which rules fire, in order. One synchronous step: each call is counted completely before the next. */
  decide(ruleEvent: RuleEvent): RuleMatch[] {
    return this.ask(ruleEvent).map(({ ruleMatch }) => ruleMatch);
  }

  /** As `decide`. @param event shared by several rule events that count as one */
  ask(ruleEvent: RuleEvent, event?: object): FiringRule[] {
    const now = this.#parts.clock.now();
    const asked: FiringRule[] = [];
    for (const run of this.#active ?? []) {
      if (run.isExpired(now)) {
        this.#arm();
        continue;
      }
      const before = run.machine?.current;
      for (const ruleMatch of run.decide(ruleEvent, now, event))
        asked.push({ run, ruleMatch, record: this.#tellFault(run, ruleMatch, ruleEvent) });
      // Deferred: a caller may be asking about held resources.
      if (run.machine?.current !== before) queueMicrotask(() => this.#tell());
      if (asked.at(-1)?.ruleMatch.ends === true) break;
    }
    return asked;
  }

  #tellFault({ scenario }: ActiveScenario, { label, rule }: RuleMatch, ruleEvent: RuleEvent): FaultRecord {
    const { activity, clock } = this.#parts;
    const record = { at: clock.now(), fault: label, scenario: scenario.name, rule, subject: ruleEvent };
    activity.faultInjected(record);
    return record;
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** The override of a quota: that of the last activated scenario with one. */
  quota(name: string, { account, region }: Scope): QuotaOverride | undefined {
    if (this.#active === undefined) return undefined;
    const now = this.#parts.clock.now();
    for (const run of this.#active) {
      const { scenario, scope } = run;
      const [, value] =
        Object.entries(scenario.quotas ?? {}).find(([key]) => nameOfQuota(key) === name) ?? [];
      if (value === undefined || run.isExpired(now)) continue;
      if ((scope.account ?? account) !== account || (scope.region ?? region) !== region) continue;
      // A background event belongs to the access key that is its account.
      if ((scope.accessKey ?? account) === account) return { value, by: `scenario ${scenario.name}` };
    }
    return undefined;
  }

  #checkLimits(scenario: ReadyScenario): void {
    const others = this.#unexpired().filter((run) => run.scenario.name !== scenario.name);
    if (others.length >= LIMITS.active)
      throw new ScenarioError(`at most ${LIMITS.active} scenarios can be active`);
    const rules = others.reduce((sum, run) => sum + run.rules.length, scenario.rules.length);
    if (rules > LIMITS.rules) {
      throw new ScenarioError(
        `active scenarios can have at most ${LIMITS.rules} rules together, these would have ${rules}`,
      );
    }
  }

  #unexpired(): ActiveScenario[] {
    const now = this.#parts.clock.now();
    return [...this.#runs.values()].filter((run) => !run.isExpired(now));
  }

  #arm(): void {
    const active = this.#unexpired().toReversed();
    this.#active = active.length === 0 ? undefined : active;
    const rules = active.flatMap(({ scenario }) => scenario.rules);
    this.#operations =
      active.length === 0 ? undefined : new Set(rules.flatMap((rule) => [...rule.operations]));
  }
}
