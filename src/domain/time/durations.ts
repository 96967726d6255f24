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
