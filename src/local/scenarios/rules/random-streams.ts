import { hash } from "./random-value.ts";
import type { StableNames } from "./stable-names.ts";
import type { RuleEvent } from "../rule-event.ts";

/** A stream: the hash of its name, and how many values each rule, by its index, has used. */
export interface Drawn {
  readonly nameHash: number;
  readonly counts: number[];
}

interface Branch {
  readonly branches: Map<string, Branch>;
  drawn?: Drawn;
}

const MAX_NAMES = 100_000;

/**
 * The random streams of an active scenario, looked up by the parts of a name, since joining them would cost
 * time at each call.
 */
export class RandomStreams {
  readonly #names: Pick<StableNames, "of">;
  #root: Branch = { branches: new Map() };
  #size = 0;
  #last: { readonly ruleEvent: RuleEvent; readonly drawn: Drawn } | undefined;

  constructor(names: Pick<StableNames, "of">) {
    this.#names = names;
  }

  /** Caches the last result: all rules of a scenario ask about the same event, one after the other. */
  of(ruleEvent: RuleEvent): Drawn {
    if (this.#last?.ruleEvent !== ruleEvent)
      this.#last = { ruleEvent, drawn: this.#find(this.#names.of(ruleEvent)) };
    return this.#last.drawn;
  }

  #find(name: readonly string[]): Drawn {
    let branch = this.#root;
    for (const part of name) {
      let next = branch.branches.get(part);
      if (next === undefined) {
        next = { branches: new Map() };
        branch.branches.set(part, next);
      }
      branch = next;
    }
    return (branch.drawn ??= this.#begin(name));
  }

  /** If there are very many streams they are dropped, and start again. */
  #begin(name: readonly string[]): Drawn {
    this.#size += 1;
    if (this.#size > MAX_NAMES) {
      this.#root = { branches: new Map() };
      this.#size = 0;
    }
    return { nameHash: hash(...name), counts: [] };
  }
}
