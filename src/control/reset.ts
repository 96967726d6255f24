import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { LimitError, refuseUnknown } from "../domain/limit-input.ts";
import type { ResetOptions, ResetReport } from "../domain/reset.ts";
import { answer } from "./answer.ts";
import { readJsonObject } from "./read-request.ts";

export type Reset = (options: ResetOptions) => Promise<ResetReport>;

/** Serves `POST /_local/reset`. @throws LimitError */
export async function answerReset(reset: Reset, request: HttpRequest): Promise<HttpResponse> {
  const wanted = await readJsonObject(request, '{"account": "111122223333"}');
  return answer(200, await reset(readOptions(wanted)));
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
