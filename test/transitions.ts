import type { Clock } from "../src/domain/time/clock.ts";
import { DEFAULT_DURATIONS } from "../src/domain/time/durations.ts";
import { Transitions } from "../src/domain/time/transitions.ts";

const log = { info: () => {}, warn: () => {}, error: () => {} };

/** Without rules, of the default durations. */
export const createTransitions = (clock: Clock): Transitions =>
  new Transitions({ clock, durations: DEFAULT_DURATIONS, log });
