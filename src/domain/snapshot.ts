import type { ServiceRelease } from "../api/releases/service-release.ts";

/** Counts of a snapshot's content. */
export interface SnapshotContents {
  readonly datastores: number;
  readonly importJobs: number;
  readonly imageSets: number;
  /** Frames and metadata documents. */
  readonly blobs: number;
  /** Null if the snapshot has none. */
  readonly buckets: number | null;
}

export interface SnapshotSummary extends SnapshotContents {
  readonly name: string;
  /** The service release that it was saved with, unless it is the default: no other restores it. */
  readonly serviceRelease?: ServiceRelease | undefined;
  /** ISO 8601. */
  readonly savedAt: string;
}

/** What to save besides data stores and their content. */
export interface SaveOptions {
  /** Also all buckets with their content. */
  readonly buckets?: boolean | undefined;
  /** Also while import jobs are in progress: they are saved as SUBMITTED, and start again when restored. */
  readonly force?: boolean | undefined;
  /** Replaces an existing snapshot of that name. */
  readonly replace?: boolean | undefined;
}

export interface RestoreReport {
  /** How many resets and restores there have been in this data folder. */
  readonly epoch: number;
  /** Jobs that had not ended. */
  readonly cancelledJobs: number;
  /** Set if the snapshot has buckets. */
  readonly buckets?: {
    readonly placed: readonly string[];
    /** Mounted buckets: they cannot be replaced and stay unchanged. */
    readonly kept: readonly string[];
  };
}
