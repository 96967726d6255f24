import type { Transitions } from "../domain/transitions.ts";
import { ClockMoves } from "./clock-moves.ts";
import type { ChangeableDurations } from "./durations.ts";
import type { HoldParts } from "./holds.ts";
import type { PushParts } from "./resources.ts";
import { Waits } from "./waits.ts";

interface Parts extends PushParts, HoldParts {
  readonly transitions: Transitions;
  readonly durations: ChangeableDurations;
}

/** What `/_local` can do to the time of one instance, and to the states that pass with it. */
export interface TimeControl extends Parts {
  readonly moves: ClockMoves;
  readonly waits: Waits;
  /** Ends what waits. */
  readonly stop: () => void;
}

export function createTimeControl(parts: Parts): TimeControl {
  const moves = new ClockMoves(parts);
  const waits = new Waits({ ...parts, moves });
  return { ...parts, moves, waits, stop: () => waits.stop() };
}
