import type { HttpRequest, HttpResponse } from "../api/http.ts";
import type { Denials } from "../domain/denials.ts";
import { refuseUnknown } from "../domain/limit-input.ts";
import { listUse } from "../domain/quota-use.ts";
import { QUOTA_KEYS, readQuotas, type Quotas } from "../domain/quotas.ts";
import type { State } from "../domain/state.ts";
import type { Throttles } from "../domain/throttles.ts";
import { readThrottling } from "../domain/throttling.ts";
import { answer } from "./answer.ts";
import { readJsonObject } from "./read-request.ts";

export interface Limits {
  readonly throttles: Throttles;
  readonly quotas: Quotas;
  readonly denials: Denials;
  readonly state: State;
}

const FORM = '{"throttling": "off", "quotas": {"Maximum data stores": 100}, "deny": []}';

/** Serves `/_local/limits`: what is limited and how much of it is used; POST changes some of it. @throws LimitError */
export async function answerLimits(limits: Limits, request: HttpRequest): Promise<HttpResponse> {
  if (request.method === "POST") change(limits, await readJsonObject(request, FORM));
  return answer(200, list(limits));
}

function list({ throttles, quotas, denials, state }: Limits): object {
  const listed = QUOTA_KEYS.map((key) => {
    const { name, ...quota } = quotas.current(key);
    return [name, { ...quota, use: listUse(state, key) }] as const;
  });
  return {
    throttling: throttles.throttling,
    throttles: throttles.list(),
    quotas: Object.fromEntries(listed),
    deny: denials.patterns,
  };
}

/** All of it is checked before any of it is changed. */
function change({ throttles, quotas, denials }: Limits, wanted: Readonly<Record<string, unknown>>): void {
  refuseUnknown("limits", wanted, ["throttling", "quotas", "deny"]);
  const { throttling, quotas: changes, deny } = wanted;
  if (throttling !== undefined) readThrottling(throttling);
  if (changes !== undefined) readQuotas(changes);
  if (deny !== undefined) denials.set(deny);
  if (changes !== undefined) quotas.adjust(changes);
  if (throttling !== undefined) throttles.set(throttling);
}
