/** What to reset: by default everything but the buckets. */
export interface ResetOptions {
  /** The buckets too, with all that is in them. */
  readonly buckets?: boolean | undefined;
  /** Only what belongs to this account. */
  readonly account?: string | undefined;
}

export interface ResetReport {
  /** How many resets of everything there have been, in this data folder. */
  readonly epoch: number;
  /** Jobs that had not ended. */
  readonly cancelledJobs: number;
  /** The one that was reset alone, */
  readonly account?: string;
  /** and how many data stores it had. */
  readonly datastores?: number;
  /** Where they were to be emptied. */
  readonly buckets?: EmptiedBuckets;
}

export interface EmptiedBuckets {
  readonly removed: readonly string[];
  /** Mounts: what is in them may be anywhere. */
  readonly kept: readonly string[];
}

/** A shared part that a reset returns to its initial state. */
export interface Resettable {
  /** Synchronous, but for what cannot be; the parts are reset one after the other, and nothing is served until then. */
  reset(): void | Promise<void>;
  /** Takes back what belongs to one account; left out where nothing does. */
  resetAccount?(account: string): void;
}
