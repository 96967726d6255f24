import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { LimitError, refuseUnknown } from "../domain/limit-input.ts";
import type { ResetOptions, ResetReport } from "../domain/reset.ts";
import { answer } from "./answer.ts";
import { readJson } from "./read-json.ts";

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
