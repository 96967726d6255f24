import type { ActiveScenario } from "./active-scenario.ts";
import { groupCalls, isCallLike, type ClientCall } from "./calls.ts";
import type { Journal } from "../../aws/activity/journal.ts";
import { matcherOf } from "./rules/match-operation.ts";
import type { Count, Expectation } from "./scenario.ts";

/** The result of one expectation, as text. */
export interface Finding {
  readonly expectation: Expectation;
  readonly message: string;
}

export interface Verdict {
  /** Everything is as expected, with certainty. */
  readonly ok: boolean;
  readonly failures: readonly Finding[];
  /**
   * Expectations that cannot be checked, because the journal no longer has all requests since the activation.
   */
  readonly inconclusive: readonly Finding[];
}

/** Compares what has happened since a scenario was activated with its expectations. */
export function verify(run: ActiveScenario, journal: Journal): Verdict {
  const { account, accessKey, region } = run.scope;
  const isWhole = journal.isWholeSince(run.firstRequest, account);
  const entries = journal
    .entries(run.firstRequest)
    .filter(
      ({ call: { principal } }) =>
        (account === undefined || account === principal.account) &&
        (accessKey === undefined || accessKey === principal.accessKeyId) &&
        (region === undefined || region === principal.region),
    );
  const calls = groupCalls(entries);
  const failures: Finding[] = [];
  const inconclusive: Finding[] = [];
  for (const expectation of run.scenario.expect ?? []) {
    const { isMet, isCertain, message } = examine(expectation, run, calls);
    if (!isWhole && !isCertain)
      inconclusive.push({ expectation, message: `${message}, but the journal no longer has all requests` });
    else if (!isMet) failures.push({ expectation, message });
  }
  return { ok: failures.length === 0 && inconclusive.length === 0, failures, inconclusive };
}

interface Examination {
  readonly isMet: boolean;
  /** Whatever the dropped requests were. */
  readonly isCertain: boolean;
  readonly message: string;
}

function examine(expectation: Expectation, run: ActiveScenario, calls: readonly ClientCall[]): Examination {
  if ("rule" in expectation) {
    const { rule, hits } = expectation;
    const found = run.rules.find((armed) => armed.rule.id === rule)?.hits ?? 0;
    const count = typeof hits === "number" ? { exactly: hits } : hits;
    return { ...examineCount(count, found, `rule ${rule} fired`), isCertain: true };
  }
  if ("calls" in expectation) {
    const found = calls.filter(isCallLike(expectation.calls)).length;
    return examineCount(expectation, found, `calls of ${JSON.stringify(expectation.calls)}:`);
  }
  if ("never" in expectation) {
    const found = calls.filter(isCallLike(expectation.never)).length;
    return examineCount({ exactly: 0 }, found, `calls of ${JSON.stringify(expectation.never)}:`);
  }
  const missing = firstMissing(expectation.order, calls);
  const message = `${missing} was not called in the order ${expectation.order.join(", ")}`;
  return { isMet: missing === undefined, isCertain: missing === undefined, message };
}

/** Dropped requests can only add to the count. */
function examineCount(
  { exactly, atLeast = exactly, atMost = exactly }: Count,
  found: number,
  what: string,
): Examination {
  const isEnough = found >= (atLeast ?? 0);
  const isTooMuch = found > (atMost ?? Infinity);
  const wanted = [
    ...(exactly === undefined ? [] : [`exactly ${exactly}`]),
    ...(exactly !== undefined || atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(exactly !== undefined || atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return {
    isMet: isEnough && !isTooMuch,
    isCertain: isTooMuch || (isEnough && atMost === undefined),
    message: `${what} ${found}, expected ${wanted.join(" and ")}`,
  };
}

function firstMissing(order: readonly string[], calls: readonly ClientCall[]): string | undefined {
  let position = 0;
  for (const pattern of order) {
    const isMeant = matcherOf(pattern);
    const found = calls.findIndex(({ operation }, index) => index >= position && isMeant(operation));
    if (found < 0) return pattern;
    position = found + 1;
  }
  return undefined;
}
