import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { LimitError, refuseUnknown } from "../domain/limit-input.ts";
import type { EmptiedBuckets } from "../s3/folder-buckets.ts";
import { answer } from "./answer.ts";
import { readJson } from "./read-json.ts";

/** What to take back to the start: everything but the buckets, where nothing is said. */
export interface ResetOptions {
  /** The buckets too, with all that is in them. */
  readonly buckets?: boolean;
  /** What belongs to this account, and nothing of others. */
  readonly account?: string;
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

export type Reset = (options: ResetOptions) => Promise<ResetReport>;

/** Serves `POST /_local/reset`. */
export async function answerReset(reset: Reset, request: HttpRequest): Promise<HttpResponse> {
  try {
    return answer(200, await reset(readOptions(await readJson(request, '{"account": "111122223333"}'))));
  } catch (error) {
    if (error instanceof LimitError) return answer(400, { message: error.message });
    throw error;
  }
}

/** @throws LimitError */
export function readOptions(wanted: Readonly<Record<string, unknown>>): ResetOptions {
  refuseUnknown("reset", wanted, ["account", "buckets"]);
  const { account, buckets = false } = wanted;
  if (typeof buckets !== "boolean") {
    throw new LimitError(`buckets is true or false, got ${JSON.stringify(buckets)}`);
  }
  if (account === undefined) return { buckets };
  if (typeof account !== "string" || !/^\d{12}$/.test(account)) {
    throw new LimitError(`account is 12 digits in quotes, got ${JSON.stringify(account)}`);
  }
  if (buckets)
    throw new LimitError("buckets are common to all accounts: they are not reset with one of them");
  return { account };
}
