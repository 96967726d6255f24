/** The activity of clients as the emulator sees it: `/_local/report`. It has AWS's ids and names, no patient data. */
export interface Report {
  /** Since the emulator began, was reset, or the report was cleared: ISO 8601, on the emulator's clock. */
  readonly since: string;
  readonly accounts: readonly AccountReport[];
  /** Requests of accounts beyond the first 200. */
  readonly requestsLeftOut: number;
  /** Raised quotas that are not compared with the activity. */
  readonly quotasNotChecked: readonly string[];
  /** What it cannot know. */
  readonly outOfReach: readonly string[];
}

export interface AccountReport {
  readonly account: string;
  /** By name; attempts of SDKs are requests. */
  readonly operations: Readonly<Record<string, Outcomes>>;
  readonly neverCalled: readonly string[];
  /** By kind of resource, in how many answers it was shown in which status. */
  readonly states: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By listing: pages whose `nextToken` was handed out and not used. */
  readonly unread: Readonly<Record<string, number>>;
  /** Work whose end no answer has shown. */
  readonly unseen: readonly Unseen[];
  readonly unseenLeftOut: number;
  /** By operation: requests that were let in, and that AWS's published throttling would not let in. */
  readonly throttled: Readonly<Record<string, number>>;
  /** By reason: requests that succeeded, and that AWS would have refused. */
  readonly refused: Readonly<Record<string, number>>;
  /** By operation and member: requests whose members or parameters are newer than the service, and were ignored; not of an older emulator. */
  readonly ignored?: Readonly<Record<string, number>>;
}

export interface Outcomes {
  readonly requests: number;
  readonly succeeded: number;
  /** By AWS's name; `HTTP 503` and `no answer` where there was none. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface Unseen {
  /** `importJob/{id}` */
  readonly resource: string;
  /** The status that was shown last. */
  readonly seen: string;
  /** Null: it is gone. */
  readonly now: string | null;
}

export const OUT_OF_REACH = [
  "whether code did anything about a message, or about an import's failure.ndjson",
  "whether a frame's checksum was compared",
  "signatures, IAM policies and what AWS's own data would answer",
] as const;
