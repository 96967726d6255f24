import { errorMessage } from "../../api/error-message.ts";
import { readDuration } from "./duration-text.ts";

/** How long a resource stays in each transient state, in milliseconds. */
export interface Durations {
  readonly datastoreCreatingMs: number;
  readonly datastoreDeletingMs: number;
  readonly jobSubmittedMs: number;
  /** A minimum: an import takes as long as its work. */
  readonly jobInProgressMs: number;
  /** A minimum, as for every LOCKED image set: the change takes as long as its work. */
  readonly imageSetUpdatingMs: number;
  /** For both image sets of a copy. */
  readonly imageSetCopyingMs: number;
  readonly imageSetDeletingMs: number;
  /** Of an image set that an import job merges instances into. */
  readonly imageSetImportingMs: number;
}

/** Users' durations: milliseconds, or a string such as `5m`; omitted ones keep their default. */
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
  imageSetImportingMs: 300,
};

/** @throws TypeError for an unknown name, or a value that is not a duration */
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
