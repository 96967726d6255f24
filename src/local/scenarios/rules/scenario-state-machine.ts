import { readScenarioDuration } from "../reading/scenario-duration.ts";
import type { ScenarioState, StateTransition } from "../scenario.ts";

/** More steps at once mean an endless loop of states. */
const MAX_STEPS = 10_000;

/** The states of an active scenario: which of its rules are armed now, and which transitions follow. */
export class ScenarioStateMachine {
  readonly #states: ReadonlyMap<string, ScenarioState>;
  /** Rules that no state names are armed in all states. */
  readonly #bound: ReadonlySet<string>;
  #current: ScenarioState;
  #since: number;
  #hits = new Map<string, number>();

  /** The first state is the initial one. */
  constructor(states: readonly [ScenarioState, ...ScenarioState[]], now: number) {
    this.#states = new Map(states.map((state) => [state.id, state]));
    this.#bound = new Set(states.flatMap(({ rules }) => rules));
    this.#current = states[0];
    this.#since = now;
  }

  /** The current state. */
  get current(): string {
    return this.#current.id;
  }

  arms(rule: string): boolean {
    return !this.#bound.has(rule) || this.#current.rules.includes(rule);
  }

  /** Takes all timed steps until now, each at its own time. */
  settle(now: number): void {
    for (let step = 0; step < MAX_STEPS; step++) {
      const next = this.#timed();
      if (next === undefined || next.at > now) return;
      this.#enter(next.transition, next.at);
    }
    this.#since = now;
  }

  countHit(rule: string, now: number): void {
    const count = (this.#hits.get(rule) ?? 0) + 1;
    this.#hits.set(rule, count);
    const next = this.#transitions().find(({ hits }) => hits?.rule === rule && count >= hits.count);
    if (next !== undefined) this.#enter(next, now);
  }

  /** False if nothing waits for the signal in this state. */
  signal(name: string, now: number): boolean {
    this.settle(now);
    const next = this.#transitions().find((transition) => transition.signal === name);
    if (next !== undefined) this.#enter(next, now);
    return next !== undefined;
  }

  describe(now: number): { id: string; since: Date; until?: Date; signals: string[] } {
    this.settle(now);
    const until = this.#timed()?.at;
    return {
      id: this.#current.id,
      since: new Date(this.#since),
      ...(until === undefined ? {} : { until: new Date(until) }),
      signals: this.#transitions().flatMap(({ signal }) => signal ?? []),
    };
  }

  /** The next timed step. */
  #timed(): { transition: StateTransition; at: number } | undefined {
    const [first] = this.#transitions()
      .flatMap((transition) =>
        transition.after === undefined
          ? []
          : [{ transition, at: this.#since + readScenarioDuration(transition.after) }],
      )
      .toSorted((a, b) => a.at - b.at);
    return first;
  }

  #transitions(): readonly StateTransition[] {
    return this.#current.next ?? [];
  }

  /** Hits are counted from here on. */
  #enter({ goto }: StateTransition, at: number): void {
    this.#current = this.#states.get(goto) ?? this.#current;
    this.#since = at;
    this.#hits = new Map();
  }
}
