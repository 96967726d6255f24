import type { DenyRules } from "../../../aws/identity/deny-rules.ts";
import { listUse } from "../../../domain/limits/quota-use.ts";
import { QUOTA_KEYS, readQuotas, type Quotas } from "../../../domain/limits/quotas.ts";
import type { State } from "../../../domain/state.ts";
import type { Throttles } from "../../../domain/limits/throttles.ts";
import { ok, type Handlers } from "../handler.ts";

interface Limits {
  readonly throttles: Throttles;
  readonly quotas: Quotas;
  readonly denyRules: DenyRules;
  /** The current state. */
  readonly state: () => State;
}

/** The limits, and how much of each is used. */
export const limitHandlers = (limits: Limits): Handlers<"readLimits" | "changeLimits"> => ({
  readLimits: () => ok(list(limits)),
  changeLimits: ({ body }) => {
    change(limits, body);
    return ok(list(limits));
  },
});

function list({ throttles, quotas, denyRules, state }: Limits) {
  const listed = QUOTA_KEYS.map((key) => {
    const { name, ...quota } = quotas.current(key);
    return [name, { ...quota, use: listUse(state(), key) }] as const;
  });
  return {
    throttling: throttles.throttling,
    throttles: throttles.list(),
    quotas: Object.fromEntries(listed),
    deny: denyRules.patterns,
  };
}

/** Checks everything before any of it is changed. @throws LimitError */
function change({ throttles, quotas, denyRules }: Limits, wanted: Readonly<Record<string, unknown>>): void {
  const { throttling, quotas: changes, deny } = wanted;
  if (throttling !== undefined) throttles.check(throttling);
  if (changes !== undefined) readQuotas(changes);
  if (deny !== undefined) denyRules.set(deny);
  if (changes !== undefined) quotas.adjust(changes);
  if (throttling !== undefined) throttles.set(throttling);
}
