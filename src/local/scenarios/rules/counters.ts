import type { TokenBucket } from "../../../domain/limits/token-bucket.ts";
import type { KeyKind } from "../scenario.ts";
import type { Subject } from "../rule-event.ts";

/** What a rule has counted of one key. */
export interface Tally {
  matched: number;
  fired: number;
  bucket?: TokenBucket;
}

/** Counts by key. The key that was first is forgotten where there are very many. */
export class Tallies {
  readonly #kind: KeyKind;
  readonly #all: Tally = { matched: 0, fired: 0 };
  readonly #byKey = new Map<string, Tally>();

  constructor(kind: KeyKind) {
    this.#kind = kind;
  }

  of(subject: Subject): Tally {
    if (this.#kind === "rule") return this.#all;
    const key = keyOf(this.#kind, subject);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const [first] = this.#byKey.keys();
    if (first !== undefined && this.#byKey.size >= MAX_KEYS) this.#byKey.delete(first);
    const tally: Tally = { matched: 0, fired: 0 };
    this.#byKey.set(key, tally);
    return tally;
  }
}

function keyOf(kind: Exclude<KeyKind, "rule">, subject: Subject): string {
  switch (kind) {
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

const MAX_KEYS = 100_000;
