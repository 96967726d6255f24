import type { Scope } from "../api/arns.ts";
import type { HttpHandler } from "../api/http.ts";
import type { RegionChoice } from "../api/regions.ts";
import type { ServiceReleaseName } from "../api/releases/service-release.ts";
import type { ExternalS3 } from "../aws/s3/external-s3-options.ts";
import type { BucketOwner } from "../domain/import-jobs/bucket-owner.ts";
import type { QuotaChanges } from "../domain/limits/quotas.ts";
import type { Log } from "../domain/log.ts";
import type { ResetOptions, ResetReport } from "../domain/resettable.ts";
import type { Throttling } from "../local/sdk/control-operations.ts";
import type { Clock } from "../domain/time/clock.ts";
import type { DurationOptions } from "../domain/time/durations.ts";
import type { FrameContainer } from "../imaging/pixels/htj2k/frame-container.ts";
import type { RequestEntry } from "./log/request-entry.ts";

/** All options. An omitted option has the server's default, except throttling, which is off. */
export interface ComposeOptions {
  /** The folder that keeps all data. By default, data is in memory and in a temporary folder. */
  readonly data?: string | undefined;
  /** Allows a data folder that has other files. */
  readonly adoptData?: boolean | undefined;
  /**
   * The release of AWS HealthImaging: `2024-05` (the default) or `2026-06`; `latest` is the newest. A data folder and a
   * snapshot can be used with the release that they were made with.
   */
  readonly serviceRelease?: ServiceReleaseName | undefined;
  /**
   * Serves the reading operations of DICOMweb with a service release that does not have them yet, for viewers. A newer
   * release has them anyway.
   */
  readonly dicomweb?: boolean | undefined;
  readonly log?: Log;
  /** Called for each request when its answer begins, with its operation and outcome, never with its content. */
  readonly onRequest?: ((entry: RequestEntry) => void) | undefined;
  readonly clock?: Clock;
  /** How long transient states last: milliseconds, or a duration such as `5m`. */
  readonly durations?: DurationOptions;
  /** Account and region of unsigned requests, and of access keys that are not 12 digits. */
  readonly defaults?: Partial<Scope>;
  /** Origins of pages that may read answers, in addition to those of this machine; `*` allows all. */
  readonly cors?: readonly string[];
  /** Host names to serve in addition to local ones. A name with a dot includes all names below it; `*` serves all. */
  readonly allowHost?: readonly string[];
  /** How often actions may be called. `off` by default, so that tests are not slowed down. */
  readonly throttling?: Throttling;
  /** Quotas that differ from AWS's, by AWS's name: `{"Maximum data stores": 100}`. */
  readonly quotas?: QuotaChanges;
  /** Actions to refuse with AccessDeniedException: `medical-imaging:Get*`, for one key `KEY=...`. */
  readonly deny?: readonly string[];
  /** Which regions are served: all (the default), or those of the guide. */
  readonly regions?: RegionChoice;
  /**
   * How many files are imported at once: by default one for each core, at most 8. The emulators of a process
   * share the threads.
   */
  readonly workers?: number;
  /** Bytes of memory that frames may take while they are imported: by default half of the memory. */
  readonly importMemory?: number | undefined;
  /** Owners of buckets that are not in the importing account and region. */
  readonly bucketOwners?: Readonly<Record<string, BucketOwner>>;
  /** Another S3 for buckets that the emulator does not have: `{ endpoint: "http://localhost:9000" }`. */
  readonly externalS3?: ExternalS3 | undefined;
  /** Whether the console is served to browsers, at `/` and `/_local/console`: `true` by default. */
  readonly console?: boolean | undefined;
  /** How GetImageFrame sends a frame: as `jph`, a file of boxes (the default), or as the `codestream` in it. */
  readonly frameContainer?: FrameContainer | undefined;
  /** A file of a snapshot to start from, if there is no data yet. */
  readonly seed?: string | undefined;
  /** Scenarios that are active from the start: names of presets, or files. */
  readonly scenarios?: readonly string[];
  /** Seed for random decisions in scenarios without a seed of their own: 0 (the default) to 2^32 - 1. */
  readonly scenarioSeed?: number | undefined;
}

/** An emulator without a socket: the gateway, and functions that control it. */
export interface Composed {
  readonly handle: HttpHandler;
  /** As `handle`, for clients in this process, which are not browsers: every `Host` is served. */
  readonly handleInProcess: HttpHandler;
  /**
   * Resumes work that a stop of the process interrupted. Call it once this emulator is the one that serves.
   */
  readonly resume: () => void;
  readonly reset: (options?: ResetOptions) => Promise<ResetReport>;
  /**
   * Ends requests that wait, in `/_local/wait` or because of a scenario. Call it before `close`, which waits
   * for requests.
   */
  readonly endWaits: () => void;
  readonly close: () => Promise<void>;
}
