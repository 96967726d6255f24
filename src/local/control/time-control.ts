import type { Transitions } from "../../domain/time/transitions.ts";
import { ClockMoves } from "./handlers/clock-moves.ts";
import type { ChangeableDurations } from "./handlers/duration-handlers.ts";
import type { HoldParts } from "./handlers/hold-handlers.ts";
import type { PushParts } from "./handlers/status-handlers.ts";
import { Waits } from "./long-poll.ts";

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
