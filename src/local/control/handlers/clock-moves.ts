import { LocalError } from "../../../api/local-errors.ts";
import type { Clock } from "../../../domain/time/clock.ts";
import { EmulatorClock } from "../../../domain/time/emulator-clock.ts";
import { resourceName, showStatus, statusChange } from "../../../domain/resource.ts";
import type { State } from "../../../domain/state.ts";

/** A change of status while the clock was moved; null: did not exist yet, or no longer exists. */
export interface Fired {
  readonly at: string;
  /** `importJob/{id}` */
  readonly resource: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface Move {
  readonly fired: readonly Fired[];
  /** How many more changes there were than are listed. */
  readonly firedLeftOut: number;
}

/** The maximum number of listed changes of one move. */
const MAX_FIRED = 1_000;

/** Moves the clock, one move after another, and reports what changed on the way. */
export class ClockMoves {
  readonly #clock: Clock;
  readonly #state: Pick<State, "watch">;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ clock, state }: { clock: Clock; state: Pick<State, "watch"> }) {
    this.#clock = clock;
    this.#state = state;
  }

  /** @throws LocalError if the program that started the emulator supplies its clock */
  get clock(): EmulatorClock {
    if (this.#clock instanceof EmulatorClock) return this.#clock;
    throw new LocalError(
      "SuppliedClock",
      "This emulator uses the clock of the program that started it: move the clock there",
    );
  }

  /** @param end returns the target time; called when this move's turn has come */
  move(end: () => number): Promise<Move> {
    return this.#inTurn(async () => {
      const at = end();
      const fired: Fired[] = [];
      let count = 0;
      const stop = watchStatuses(this.#state, this.clock, (event) => {
        if (count++ < MAX_FIRED) fired.push(event);
      });
      try {
        await this.clock.advanceTo(at);
      } finally {
        stop();
      }
      return { fired, firedLeftOut: count - fired.length };
    });
  }

  /** Runs the next task that is due. @returns whether there was one */
  toNext(): Promise<boolean> {
    return this.#inTurn(async () => {
      await this.clock.settle();
      const next = this.clock.nextDue;
      if (next === undefined || !this.clock.isFrozen) return false;
      await this.clock.advanceTo(next);
      return true;
    });
  }

  #inTurn<T>(move: () => Promise<T>): Promise<T> {
    const moved = this.#last.then(move);
    this.#last = moved.catch(() => {});
    return moved;
  }
}

/** @returns stops the watch */
function watchStatuses(state: Pick<State, "watch">, clock: Clock, tell: (event: Fired) => void): () => void {
  return state.watch((changes) => {
    const at = new Date(clock.now()).toISOString();
    for (const change of changes) {
      const changed = statusChange(change);
      if (changed === undefined) continue;
      const show = (status: string | null) => (status === null ? null : showStatus(changed.kind, status));
      tell({ at, resource: resourceName(changed), from: show(changed.from), to: show(changed.to) });
    }
  });
}
