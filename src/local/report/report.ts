/**
 * The activity of clients as the emulator sees it: `/_local/report`. It has AWS's ids and names, no patient
 * data.
 */
export interface Report {
  /**
   * The time of the start, of the last reset, or of clearing the report: ISO 8601, on the emulator's clock.
   */
  readonly since: string;
  /** What the ignored inputs are; left out where they are newer than the service. */
  readonly ignoredAs?: string;
  readonly accounts: readonly AccountReport[];
  /** Requests of accounts beyond the first 200. */
  readonly requestsLeftOut: number;
  /** Raised quotas that are not compared with the activity. */
  readonly quotasNotChecked: readonly string[];
  /** What the report cannot know. */
  readonly outOfReach: readonly string[];
}

export interface AccountReport {
  readonly account: string;
  /** By name; each attempt of an SDK is a request. */
  readonly operations: Readonly<Record<string, Outcomes>>;
  readonly neverCalled: readonly string[];
  /** By kind of resource: how many answers showed each status. */
  readonly states: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By listing: pages whose `nextToken` was sent and never used. */
  readonly unread: Readonly<Record<string, number>>;
  /** Work whose end no answer has shown. */
  readonly unseen: readonly Unseen[];
  readonly unseenLeftOut: number;
  /** By operation: accepted requests that AWS's published throttling would refuse. */
  readonly throttled: Readonly<Record<string, number>>;
  /** By reason: successful requests that AWS would have refused. */
  readonly refused: Readonly<Record<string, number>>;
  /**
   * By operation and member: requests with members or parameters that the served release does not have, or the
   * emulator not yet, and that were ignored; an older emulator lacks it.
   */
  readonly ignored?: Readonly<Record<string, number>>;
  /** By service and operation (`dynamodb:ListTables`): requests for what is not emulated; left out where there were none. */
  readonly notEmulated?: Readonly<Record<string, number>>;
}

export interface Outcomes {
  readonly requests: number;
  readonly succeeded: number;
  /** By AWS's name; `HTTP 503` and `no answer` without one. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface Unseen {
  /** `importJob/{id}` */
  readonly resource: string;
  /** The last shown status. */
  readonly seen: string;
  /** Null: it no longer exists. */
  readonly now: string | null;
}

export const OUT_OF_REACH = [
  "whether code handled a message, or the failure.ndjson of an import",
  "whether a frame's checksum was compared",
  "signatures, IAM policies and what AWS's own data would answer",
] as const;
