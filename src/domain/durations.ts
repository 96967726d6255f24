/** How long a resource stays in a state that passes by itself, in milliseconds. */
export interface Durations {
  readonly datastoreCreatingMs: number;
  readonly datastoreDeletingMs: number;
  readonly jobSubmittedMs: number;
  /** At least: an import takes the time it takes. */
  readonly jobInProgressMs: number;
  /** At least: while an image set is changed or deleted. */
  readonly imageSetLockedMs: number;
}

/** Long enough for a polling client to see, short enough for a test. */
export const DEFAULT_DURATIONS: Durations = {
  datastoreCreatingMs: 500,
  datastoreDeletingMs: 300,
  jobSubmittedMs: 250,
  jobInProgressMs: 250,
  imageSetLockedMs: 300,
};
