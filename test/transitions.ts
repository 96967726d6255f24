import type { Clock } from "../src/domain/clock.ts";
import { DEFAULT_DURATIONS } from "../src/domain/durations.ts";
import { Transitions } from "../src/domain/transitions.ts";

const log = { info: () => {}, warn: () => {}, error: () => {} };

/** Without rules, of the default durations. */
export const createTransitions = (clock: Clock): Transitions =>
  new Transitions({ clock, durations: DEFAULT_DURATIONS, log });
