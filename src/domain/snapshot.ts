/** What a snapshot holds, counted. */
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

/** What to save besides data stores and what is in them. */
export interface SaveOptions {
  /** All buckets too, with what is in them. */
  readonly buckets?: boolean | undefined;
  /** Though import jobs are under way: they are saved as SUBMITTED, and begin again when restored. */
  readonly force?: boolean | undefined;
  /** The snapshot of that name, if there is one. */
  readonly replace?: boolean | undefined;
}

export interface RestoreReport {
  /** How many resets and restores there have been, in this data folder. */
  readonly epoch: number;
  /** Of jobs that had not ended. */
  readonly cancelledJobs: number;
  /** Where the snapshot has buckets. */
  readonly buckets?: {
    readonly placed: readonly string[];
    /** Mounts: they cannot be taken away, and stay as they are. */
    readonly kept: readonly string[];
  };
}
