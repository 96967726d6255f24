import type { Transitions } from "../../domain/time/transitions.ts";
import { ClockMoves } from "./handlers/clock-moves.ts";
import type { ChangeableDurations } from "./handlers/duration-handlers.ts";
import type { HoldParts } from "./handlers/hold-handlers.ts";
import type { StateOverrideDependencies } from "./handlers/status-handlers.ts";
import { LongPoll } from "./long-poll.ts";

interface TimeControlDependencies extends StateOverrideDependencies, HoldParts {
  readonly transitions: Transitions;
  readonly durations: ChangeableDurations;
}

/** Control over the clock and the transient states of one instance. */
export interface TimeControl extends TimeControlDependencies {
  readonly moves: ClockMoves;
  readonly waits: LongPoll;
  /** Ends all waits. */
  readonly stop: () => void;
}

export function createTimeControl(parts: TimeControlDependencies): TimeControl {
  const moves = new ClockMoves(parts);
  const waits = new LongPoll({ ...parts, moves });
  return { ...parts, moves, waits, stop: () => waits.stop() };
}
