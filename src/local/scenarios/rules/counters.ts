import type { TokenBucket } from "../../../domain/limits/token-bucket.ts";
import type { KeyKind } from "../scenario.ts";
import type { RuleEvent } from "../rule-event.ts";

/** A rule's count for one key. */
export interface Counter {
  matched: number;
  fired: number;
  bucket?: TokenBucket;
}

/** Counts by key. The oldest key is dropped if there are very many. */
export class Counters {
  readonly #kind: KeyKind;
  readonly #all: Counter = { matched: 0, fired: 0 };
  readonly #byKey = new Map<string, Counter>();

  constructor(kind: KeyKind) {
    this.#kind = kind;
  }

  of(ruleEvent: RuleEvent): Counter {
    if (this.#kind === "rule") return this.#all;
    const key = keyOf(this.#kind, ruleEvent);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const [first] = this.#byKey.keys();
    if (first !== undefined && this.#byKey.size >= MAX_KEYS) this.#byKey.delete(first);
    const counter: Counter = { matched: 0, fired: 0 };
    this.#byKey.set(key, counter);
    return counter;
  }
}

function keyOf(kind: Exclude<KeyKind, "rule">, ruleEvent: RuleEvent): string {
  switch (kind) {
    case "caller":
      return `${ruleEvent.account} ${ruleEvent.accessKeyId}`;
    case "datastore":
      return String(ruleEvent.datastoreId);
    case "imageSet":
      return String(ruleEvent.imageSetId);
    case "frame":
      return String(ruleEvent.frameId);
    case "job":
      return String(ruleEvent.jobId ?? ruleEvent.jobName);
    case "file":
      return String(ruleEvent.file);
    case "op":
      return String(ruleEvent.operation);
  }
}

const MAX_KEYS = 100_000;
