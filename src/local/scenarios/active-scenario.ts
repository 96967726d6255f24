import type { FaultRecord } from "../../domain/activity.ts";
import type { Resource } from "../../domain/resource.ts";
import { ArmedRule, type RuleMatch } from "./rules/armed-rule.ts";
import { RandomStreams } from "./rules/random-streams.ts";
import { readScenarioDuration } from "./reading/scenario-duration.ts";
import { ScenarioStateMachine } from "./rules/scenario-state-machine.ts";
import { isInScope, type Resources } from "./rules/match.ts";
import type { ReadyScenario, ScenarioScope } from "./scenario.ts";
import type { StableNames } from "./rules/stable-names.ts";
import type { RuleEvent } from "./rule-event.ts";
import { PendingDelays } from "./rules/pending-delays.ts";

/** Options that an activation may override. */
export interface Activation {
  readonly seed?: number;
  readonly scope?: Partial<ScenarioScope>;
  readonly ttlMs?: number | undefined;
}

/** A resource that a rule holds in a state. */
export interface Held extends Resource {
  readonly rule: string;
  readonly from: string;
  readonly since: number;
  /** Infinity if only a signal, or the end of its scenario, releases it. */
  readonly until: number;
  readonly signal: string | undefined;
  isSignalled: boolean;
}

interface ActiveScenarioDependencies {
  readonly resources: Resources;
  readonly names: StableNames;
  readonly now: number;
  /** Sequence number of the first request that it may affect. */
  readonly firstRequest: number;
  /** Used if neither the scenario nor its activation has a seed. */
  readonly defaultSeed: number;
}

const MAX_HITS = 1_000;

/** An active scenario: its scope, its end, and the counts of its rules. */
export class ActiveScenario {
  readonly scenario: ReadyScenario;
  readonly seed: number;
  readonly scope: Partial<ScenarioScope>;
  readonly activatedAt: number;
  /** Undefined if it does not end by itself. */
  readonly expiresAt: number | undefined;
  readonly firstRequest: number;
  readonly rules: readonly ArmedRule[];
  readonly machine: ScenarioStateMachine | undefined;
  /** By the resource's name; also resources that have left the state by other means. */
  readonly held = new Map<string, Held>();
  /** Delayed answers: until it is no longer active. */
  readonly waits = new PendingDelays();
  /** Rules by the operations, and the other kinds of events, that they match. */
  readonly #about = new Map<string, readonly ArmedRule[]>();
  readonly #hits: FaultRecord[] = [];

  constructor(
    scenario: ReadyScenario,
    { seed, scope, ttlMs }: Activation,
    { resources, names, now, firstRequest, defaultSeed }: ActiveScenarioDependencies,
  ) {
    this.scenario = scenario;
    this.seed = seed ?? scenario.seed ?? defaultSeed;
    this.scope = scope ?? scenario.scope ?? {};
    this.activatedAt = now;
    const { ttl } = scenario;
    const lifeMs = ttlMs ?? (ttl === undefined ? undefined : readScenarioDuration(ttl));
    this.expiresAt = lifeMs === undefined ? undefined : now + lifeMs;
    this.firstRequest = firstRequest;
    const [first, ...others] = scenario.states ?? [];
    this.machine = first === undefined ? undefined : new ScenarioStateMachine([first, ...others], now);
    const randomStreams = new RandomStreams(names);
    const parts = { scenario: scenario.name, seed: this.seed, activatedAt: now, resources, randomStreams };
    this.rules = scenario.rules.map((rule, index) => new ArmedRule(rule, index, parts));
  }

  /** Its effects: the last thousand. */
  get hits(): readonly FaultRecord[] {
    return this.#hits;
  }

  isExpired(now: number): boolean {
    return this.expiresAt !== undefined && now >= this.expiresAt;
  }

  isArmed(rule: string, now: number): boolean {
    this.machine?.settle(now);
    return !this.isExpired(now) && this.machine?.arms(rule) !== false;
  }

  /** When it expires or leaves a state, whichever comes first; undefined if neither will happen. */
  nextChange(now: number): number | undefined {
    const times = [this.expiresAt, this.machine?.describe(now).until?.getTime()];
    const known = times.filter((at) => at !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** False if nothing waits for the signal. */
  signal(name: string, now: number): boolean {
    const waiting = [...this.held.values()].filter(({ signal }) => signal === name);
    for (const held of waiting) held.isSignalled = true;
    const isStep = this.machine?.signal(name, now) === true;
    return isStep || waiting.length > 0;
  }

  /** The signals that delayed answers wait for. */
  signals(now: number): string[] {
    const held = [...this.held.values()].flatMap(({ signal }) => signal ?? []);
    return [...new Set([...(this.machine?.describe(now).signals ?? []), ...held])];
  }

  /** In the order of its rules; a rule that answers is the last. */
  decide(ruleEvent: RuleEvent, now: number, event?: object): RuleMatch[] {
    if (!isInScope(this.scope, ruleEvent)) return [];
    this.machine?.settle(now);
    const ruleMatches: RuleMatch[] = [];
    for (const rule of this.#rulesAbout(ruleEvent)) {
      if (this.machine?.arms(rule.rule.id) === false) continue;
      const ruleMatch = rule.fire(ruleEvent, now, event);
      if (ruleMatch === undefined) continue;
      ruleMatches.push(ruleMatch);
      this.machine?.countHit(rule.rule.id, now);
      if (ruleMatch.ends) break;
    }
    return ruleMatches;
  }

  #rulesAbout({ kind, operation }: RuleEvent): readonly ArmedRule[] {
    const about = operation ?? kind;
    let rules = this.#about.get(about);
    if (rules === undefined) {
      rules = this.rules.filter((rule) => rule.isAbout(kind, operation));
      this.#about.set(about, rules);
    }
    return rules;
  }

  /** Records an effect that the stream reports. */
  noteHit(hit: FaultRecord): void {
    if (this.#hits.length >= MAX_HITS) this.#hits.shift();
    this.#hits.push(hit);
  }
}
