import type { ThrottleUse } from "../../domain/limits/throttles.ts";
import type { Throttling } from "../../domain/limits/throttling.ts";
import type { QuotaChanges } from "../../domain/limits/quotas.ts";
import type { QuotaUse } from "../../domain/limits/quota-use.ts";
import type { StorageTier } from "../../domain/image-sets/storage-tiers.ts";

/** What `/_local` answers, as it is on the wire: times are ISO 8601. */
export interface HealthAnswer {
  readonly status: "ok" | "error";
  readonly version: string;
  readonly parts: Readonly<Record<string, { readonly status: "ok" | "error"; readonly detail: string }>>;
}

export interface LimitsAnswer {
  readonly throttling: Throttling;
  /** By action; empty where nothing is limited. */
  readonly throttles: Readonly<Record<string, ThrottleUse>>;
  /** By AWS's name. */
  readonly quotas: Readonly<Record<string, QuotaAnswer>>;
  readonly deny: readonly string[];
}

export interface QuotaAnswer {
  readonly value: number;
  readonly unit?: string;
  /** Where they are not `value`. */
  readonly regions?: Readonly<Record<string, number>>;
  readonly adjustable: boolean;
  readonly use?: readonly QuotaUse[];
}

/** What is left out stays as it is. */
export interface LimitChanges {
  readonly throttling?: Throttling | undefined;
  readonly quotas?: QuotaChanges | undefined;
  readonly deny?: readonly string[] | undefined;
}

export interface ClockAnswer {
  readonly now: string;
  readonly isFrozen: boolean;
  /** Null where nothing is. */
  readonly nextDue: string | null;
  /** What changed its status while the clock was moved, in order. */
  readonly fired: readonly Fired[];
  /** How many changes more than are listed. */
  readonly firedLeftOut: number;
}

export interface Fired {
  readonly at: string;
  /** `importJob/{id}` */
  readonly resource: string;
  /** Null: it was not there. */
  readonly from: string | null;
  /** Null: it is gone. */
  readonly to: string | null;
}

export interface ResourceAnswer {
  readonly resource: string;
  /** Of an image set its state with its workflow status: `LOCKED/UPDATING`. */
  readonly status: string;
  /** Why it failed, where it did. */
  readonly message: string | null;
  readonly now: string;
}

/** What is kept in a status, and in which. */
export interface HoldAnswer {
  readonly resource: string;
  readonly statuses: readonly string[];
}

/** In milliseconds, by name. */
export type DurationsAnswer = Readonly<Record<string, number>>;

export interface ImageSetAnswer {
  readonly datastoreId: string;
  readonly imageSetId: string;
  readonly storageTier: StorageTier;
  readonly lastAccessedAt: string;
}

export interface ProgressAnswer {
  readonly filesFound: number;
  readonly filesDone: number;
}
