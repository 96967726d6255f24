import type { JournalEntry } from "../../aws/activity/journal.ts";
import type { CallPattern } from "./scenario.ts";
import { matcherOf } from "./rules/match-operation.ts";

/** A call as a client counts it: all attempts of its SDK. */
export interface ClientCall {
  /** Undefined for a request without an SDK, which is one call. */
  readonly invocationId: string | undefined;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string | undefined;
  readonly attempts: readonly JournalEntry[];
  /** The status of the last attempt. A silently truncated body counts as success, as clients see it. */
  readonly outcome: "success" | "failure" | "pending";
}

/** In the order of their first attempts. */
export function groupCalls(entries: readonly JournalEntry[]): ClientCall[] {
  const groups = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const key = entry.call.invocationId ?? `#${entry.seq}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()].flatMap((attempts) => {
    const [first] = attempts;
    const last = attempts.at(-1);
    if (first === undefined || last === undefined) return [];
    const { invocationId, name: operation, principal } = first.call;
    const { account, region, accessKeyId } = principal;
    const outcome = outcomeOf(last);
    return [{ invocationId, operation, account, region, accessKeyId, attempts, outcome }];
  });
}

function outcomeOf({ call: { outcome } }: JournalEntry): ClientCall["outcome"] {
  if (outcome === undefined) return "pending";
  const { status = 500, brokeOff } = outcome;
  return status < 400 && brokeOff === undefined ? "success" : "failure";
}

export function isCallLike({ op, outcome, attempts }: CallPattern): (call: ClientCall) => boolean {
  const isMeant = op === undefined ? () => true : matcherOf(op);
  return (call) =>
    isMeant(call.operation) &&
    (outcome === undefined || outcome === call.outcome) &&
    (attempts === undefined || attempts === call.attempts.length);
}
