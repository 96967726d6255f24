import { TokenBucket } from "../domain/token-bucket.ts";
import type { Effect } from "./faults/effect.ts";
import { draw, hash } from "./draw.ts";
import { readDuration } from "./duration.ts";
import { compileMatch, type Matches, type Resources } from "./match.ts";
import type { KeyKind, ReadyRule, When } from "./scenario.ts";
import type { StableNames } from "./stable-names.ts";
import type { Subject } from "./subject.ts";

/** What a rule does to what it is held against. */
export interface Firing {
  /** `scenario/rule#3` */
  readonly label: string;
  /** The rule's id. */
  readonly rule: string;
  readonly effects: readonly Effect[];
  readonly isStealthy: boolean;
  /** Nothing behind it is asked. */
  readonly ends: boolean;
  /** From 0 up to 1, for a purpose always the same. */
  readonly draw: (purpose: string) => number;
}

interface Tally {
  matched: number;
  fired: number;
  bucket?: TokenBucket;
}

interface Parts {
  readonly scenario: string;
  readonly seed: number;
  readonly activatedAt: number;
  readonly resources: Resources;
  readonly names: StableNames;
}

/** A rule of an active scenario, with what it has counted so far. */
export class ArmedRule {
  readonly rule: ReadyRule;
  readonly #parts: Parts;
  readonly #matches: Matches;
  readonly #when: When;
  readonly #tallies = new Tallies();
  readonly #draws = new Tallies();
  readonly #hash: number;
  readonly #met = new WeakSet<object>();
  hits = 0;

  constructor(rule: ReadyRule, parts: Parts) {
    this.rule = rule;
    this.#parts = parts;
    this.#matches = compileMatch(rule.match ?? {});
    this.#when = rule.when ?? {};
    this.#hash = hash(parts.seed, parts.scenario, rule.id);
  }

  /**
   * Whether it fires, counted at once: nothing may be awaited on the way, so that no other call comes
   * between what is read and what is counted. It draws by what a call is about and how often that was
   * asked for: so it does not matter which of several calls comes first.
   * @param event what several subjects have in common, where they are one: it is met once
   */
  fire(subject: Subject, now: number, event?: object): Firing | undefined {
    const { kind, operations } = this.rule;
    if (kind !== subject.kind) return undefined;
    if (subject.operation !== undefined && !operations.has(subject.operation)) return undefined;
    if (
      !this.#matches(subject, this.#parts.resources) ||
      !isOpen(this.#when.window, now - this.#parts.activatedAt)
    ) {
      return undefined;
    }
    if (event !== undefined && this.#met.has(event)) return undefined;
    if (event !== undefined) this.#met.add(event);
    const tally = this.#tallies.at(keyOf(this.#when.countBy ?? "rule", subject));
    tally.matched += 1;
    if (!isAbove(this.#when.above, tally, now)) return undefined;
    if (!isCounted(this.#when, tally.matched) || tally.fired >= (this.#when.max ?? Infinity))
      return undefined;
    const { name, nameHash } = this.#parts.names.of(subject);
    const ordinal = ++this.#draws.at(name).matched;
    const { probability = 1 } = this.#when;
    if (probability < 1 && draw(this.#hash, nameHash, ordinal, FIRE) >= probability) return undefined;
    tally.fired += 1;
    this.hits += 1;
    return this.#toFiring((purpose) => draw(this.#hash, nameHash, ordinal, hash(purpose)));
  }

  #toFiring(drawFor: Firing["draw"]): Firing {
    const { id, ready, stealth = false } = this.rule;
    return {
      label: `${this.#parts.scenario}/${id}#${this.hits}`,
      rule: id,
      effects: ready,
      isStealthy: stealth,
      ends: ready.some((effect) => !("ends" in effect) || effect.ends),
      draw: drawFor,
    };
  }
}

const FIRE = hash("fire");

/** @param elapsed milliseconds since the scenario was activated */
function isOpen(window: When["window"], elapsed: number): boolean {
  if (window === undefined) return true;
  const since = elapsed - readDuration(window.after ?? "0s");
  const position = window.every === undefined ? since : since % readDuration(window.every);
  return since >= 0 && (window.for === undefined || position < readDuration(window.for));
}

/** What a bucket still has a token for is not too much. */
function isAbove(above: When["above"], tally: Tally, now: number): boolean {
  if (above === undefined) return true;
  tally.bucket ??= new TokenBucket(above, now);
  return !tally.bucket.take(now);
}

function isCounted({ nth, from = 1, to = Infinity, every = 1 }: When, ordinal: number): boolean {
  if (nth !== undefined && ![nth].flat().includes(ordinal)) return false;
  // Without a beginning, every third is the 3rd, the 6th ...
  const offset = from === 1 ? ordinal : ordinal - from;
  return ordinal >= from && ordinal <= to && offset % every === 0;
}

function keyOf(kind: KeyKind, subject: Subject): string {
  switch (kind) {
    case "rule":
      return "";
    case "caller":
      return `${subject.account} ${subject.accessKeyId}`;
    case "datastore":
      return String(subject.datastoreId);
    case "imageSet":
      return String(subject.imageSetId);
    case "frame":
      return String(subject.frameId);
    case "job":
      return String(subject.jobId ?? subject.jobName);
    case "file":
      return String(subject.file);
    case "op":
      return String(subject.operation);
  }
}

/** Counts by key. The key that was first is forgotten where there are very many. */
class Tallies {
  readonly #byKey = new Map<string, Tally>();

  at(key: string): Tally {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const [first] = this.#byKey.keys();
    if (first !== undefined && this.#byKey.size >= MAX_KEYS) this.#byKey.delete(first);
    const tally: Tally = { matched: 0, fired: 0 };
    this.#byKey.set(key, tally);
    return tally;
  }
}

const MAX_KEYS = 100_000;
