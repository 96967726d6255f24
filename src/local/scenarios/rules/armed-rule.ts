import { TokenBucket } from "../../../domain/limits/token-bucket.ts";
import type { Effect } from "../faults/effect.ts";
import { draw, hash } from "./random-value.ts";
import { readScenarioDuration } from "../reading/scenario-duration.ts";
import type { RandomStreams } from "./random-streams.ts";
import { compileMatch, type Matches, type Resources } from "./match.ts";
import type { ReadyRule, When } from "../scenario.ts";
import type { RuleEvent } from "../rule-event.ts";
import { Counters, type Counter } from "./counters.ts";

/** A match of a rule with an event, and its effects. */
export interface RuleMatch {
  /** `scenario/rule#3` */
  readonly label: string;
  /** The rule's id. */
  readonly rule: string;
  readonly effects: readonly Effect[];
  readonly isStealthy: boolean;
  /** Later rules are not asked. */
  readonly ends: boolean;
  /** From 0 up to 1, always the same for the same purpose. */
  readonly draw: (purpose: string) => number;
}

interface ArmedRuleDependencies {
  readonly scenario: string;
  readonly seed: number;
  readonly activatedAt: number;
  readonly resources: Resources;
  readonly randomStreams: RandomStreams;
}

/** A rule of an active scenario, with its counts. */
export class ArmedRule {
  readonly rule: ReadyRule;
  readonly #parts: ArmedRuleDependencies;
  /** Its index among the rules of its scenario. */
  readonly #index: number;
  readonly #matches: Matches;
  readonly #isOpen: (elapsed: number) => boolean;
  readonly #isCounted: (ordinal: number) => boolean;
  readonly #above: When["above"];
  readonly #max: number;
  readonly #probability: number;
  readonly #counters: Counters;
  readonly #hash: number;
  readonly #ends: boolean;
  readonly #met = new WeakSet<object>();
  hits = 0;

  constructor(rule: ReadyRule, index: number, parts: ArmedRuleDependencies) {
    const { match = {}, when = {}, ready } = rule;
    this.rule = rule;
    this.#parts = parts;
    this.#index = index;
    this.#matches = compileMatch(match);
    this.#isOpen = compileWindow(when.window);
    this.#isCounted = compileCount(when);
    this.#above = when.above;
    this.#max = when.max ?? Infinity;
    this.#probability = when.probability ?? 1;
    this.#counters = new Counters(when.countBy ?? "rule");
    this.#hash = hash(parts.seed, parts.scenario, rule.id);
    this.#ends = ready.some((effect) => !("ends" in effect) || effect.ends);
  }

  /** Whether the rule can match events of this kind and operation; `fire` checks the rest. */
  isAbout(kind: RuleEvent["kind"], operation: string | undefined): boolean {
    return kind === this.rule.kind && (operation === undefined || this.rule.operations.has(operation));
  }

  /**
   * Matches an event and counts it, in one synchronous step: with an `await` in it, a concurrent call could change the
   * counters between the check and the count. A random decision depends on the names of the event's resources and on
   * how often they came, so concurrent calls get the same decisions in any order.
   * @param event shared by several rule events that count as one, such as both image sets of a copy: the rule fires
   * for the first of them only
   * @returns undefined where the rule does not fire
   */
  fire(ruleEvent: RuleEvent, now: number, event?: object): RuleMatch | undefined {
    const { resources, activatedAt, randomStreams } = this.#parts;
    if (!this.#matches(ruleEvent, resources) || !this.#isOpen(now - activatedAt)) return undefined;
    if (event !== undefined && this.#met.has(event)) return undefined;
    if (event !== undefined) this.#met.add(event);
    const counter = this.#counters.of(ruleEvent);
    counter.matched += 1;
    if (
      !isAbove(this.#above, counter, now) ||
      !this.#isCounted(counter.matched) ||
      counter.fired >= this.#max
    )
      return undefined;
    const { nameHash, counts } = randomStreams.of(ruleEvent);
    const ordinal = (counts[this.#index] ?? 0) + 1;
    counts[this.#index] = ordinal;
    const isDrawn = this.#probability >= 1 || draw(this.#hash, nameHash, ordinal, FIRE) < this.#probability;
    if (!isDrawn) return undefined;
    counter.fired += 1;
    this.hits += 1;
    return this.#toRuleMatch((purpose) => draw(this.#hash, nameHash, ordinal, hash(purpose)));
  }

  #toRuleMatch(drawFor: RuleMatch["draw"]): RuleMatch {
    const { id, ready, stealth = false } = this.rule;
    return {
      label: `${this.#parts.scenario}/${id}#${this.hits}`,
      rule: id,
      effects: ready,
      isStealthy: stealth,
      ends: this.#ends,
      draw: drawFor,
    };
  }
}

const FIRE = hash("fire");
const always = (): boolean => true;

/** By the milliseconds since the scenario was activated. */
function compileWindow(window: When["window"]): (elapsed: number) => boolean {
  if (window === undefined) return always;
  const after = readScenarioDuration(window.after ?? "0s");
  const open = window.for === undefined ? Infinity : readScenarioDuration(window.for);
  const every = window.every === undefined ? Infinity : readScenarioDuration(window.every);
  return (elapsed) => {
    const since = elapsed - after;
    return since >= 0 && since % every < open;
  };
}

/** An event for which the bucket has a token is within the rate. */
function isAbove(above: When["above"], counter: Counter, now: number): boolean {
  if (above === undefined) return true;
  counter.bucket ??= new TokenBucket(above, now);
  return !counter.bucket.take(now);
}

/** By the number of matches. */
function compileCount({ nth, from = 1, to = Infinity, every = 1 }: When): (ordinal: number) => boolean {
  if (nth === undefined && from === 1 && to === Infinity && every === 1) return always;
  const ordinals = nth === undefined ? undefined : new Set([nth].flat());
  // Without `from`, every third is the 3rd, the 6th ...
  const offset = from === 1 ? 0 : from;
  return (ordinal) =>
    ordinal >= from &&
    ordinal <= to &&
    (ordinal - offset) % every === 0 &&
    (ordinals === undefined || ordinals.has(ordinal));
}
