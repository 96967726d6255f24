/** What to take back to the start: everything but the buckets, where nothing is said. */
export interface ResetOptions {
  /** The buckets too, with all that is in them. */
  readonly buckets?: boolean | undefined;
  /** What belongs to this account, and nothing of others. */
  readonly account?: string | undefined;
}

export interface ResetReport {
  /** How many resets of everything there have been, in this data folder. */
  readonly epoch: number;
  /** Of jobs that had not ended. */
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

/** Something that lasts, and that a reset takes back to its start. */
export interface Resettable {
  /** Synchronous, but for what cannot be; nothing is served until it is done. */
  reset(): void | Promise<void>;
  /** Takes back what belongs to one account; left out where nothing does. */
  resetAccount?(account: string): void;
}
