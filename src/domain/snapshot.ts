/** Counts of a snapshot's content. */
export interface SnapshotContents {
  readonly datastores: number;
  readonly importJobs: number;
  readonly imageSets: number;
  /** Frames and metadata documents. */
  readonly blobs: number;
  /** Null where they are not in it. */
  readonly buckets: number | null;
}

export interface SnapshotSummary extends SnapshotContents {
  readonly name: string;
  /** ISO 8601. */
  readonly savedAt: string;
}

/** What to save besides data stores and their content. */
export interface SaveOptions {
  /** All buckets too, with what is in them. */
  readonly buckets?: boolean | undefined;
  /** Also while import jobs are in progress: they are saved as SUBMITTED, and start again when restored. */
  readonly force?: boolean | undefined;
  /** The snapshot of that name, if there is one. */
  readonly replace?: boolean | undefined;
}

export interface RestoreReport {
  /** How many resets and restores there have been, in this data folder. */
  readonly epoch: number;
  /** Jobs that had not ended. */
  readonly cancelledJobs: number;
  /** Where the snapshot has buckets. */
  readonly buckets?: {
    readonly placed: readonly string[];
    /** Mounts: they cannot be taken away, and stay as they are. */
    readonly kept: readonly string[];
  };
}
