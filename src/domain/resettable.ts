/** What to reset: by default everything except the buckets. */
export interface ResetOptions {
  /** Also the buckets with their content. */
  readonly buckets?: boolean | undefined;
  /** Only what belongs to this account. */
  readonly account?: string | undefined;
}

export interface ResetReport {
  /** How many resets of everything there have been in this data folder. */
  readonly epoch: number;
  /** Jobs that had not ended. */
  readonly cancelledJobs: number;
  /** The account, if only that was reset, */
  readonly account?: string;
  /** and how many data stores it had. */
  readonly datastores?: number;
  /** Set if the buckets were emptied. */
  readonly buckets?: EmptiedBuckets;
}

export interface EmptiedBuckets {
  readonly removed: readonly string[];
  /** Mounted buckets: their content may be stored anywhere. */
  readonly kept: readonly string[];
}

/** A shared part that a reset returns to its initial state. */
export interface Resettable {
  /** Synchronous if possible; the parts are reset one after another, and no request is served until all are reset. */
  reset(): void | Promise<void>;
  /** Resets what belongs to one account; left out if nothing does. */
  resetAccount?(account: string): void;
}
