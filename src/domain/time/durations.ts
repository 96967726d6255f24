import { errorMessage } from "../../api/error-message.ts";
import { readDuration } from "./duration-text.ts";

/** How long a resource stays in a state that passes by itself, in milliseconds. */
export interface Durations {
  readonly datastoreCreatingMs: number;
  readonly datastoreDeletingMs: number;
  readonly jobSubmittedMs: number;
  /** At least: an import takes the time it takes. */
  readonly jobInProgressMs: number;
  /** At least, as of every image set that is LOCKED: the work takes the time it takes. */
  readonly imageSetUpdatingMs: number;
  /** Both image sets of a copy. */
  readonly imageSetCopyingMs: number;
  readonly imageSetDeletingMs: number;
}

/** As users choose them: milliseconds, or a duration such as `5m`; omitted ones keep their default. */
export type DurationOptions = { readonly [Name in keyof Durations]?: number | string | undefined };

/** Long enough for a polling client to see, short enough for a test. */
export const DEFAULT_DURATIONS: Durations = {
  datastoreCreatingMs: 500,
  datastoreDeletingMs: 300,
  jobSubmittedMs: 250,
  jobInProgressMs: 250,
  imageSetUpdatingMs: 300,
  imageSetCopyingMs: 300,
  imageSetDeletingMs: 300,
};

/** @throws TypeError for a name that does not exist, or a value that is not a duration */
export function readDurationOptions(options: DurationOptions): Durations {
  const chosen = Object.entries(options).filter(([, value]) => value !== undefined);
  const read = chosen.map(([name, value]) => [name, readOne(name, value)] as const);
  return { ...DEFAULT_DURATIONS, ...Object.fromEntries(read) };
}

function readOne(name: string, value: number | string): number {
  try {
    if (typeof value === "string") return readDuration(value);
  } catch (error) {
    throw new TypeError(`durations: ${name}: ${errorMessage(error)}`, { cause: error });
  }
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(
    `durations: ${name} expects a whole number of milliseconds from 0 on, or a duration such as 5m, got ${value}`,
  );
}
