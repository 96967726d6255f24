import type { CallOutcome } from "../../domain/activity.ts";
import { EVERY_STATUS, showStatus, resourceStatusOf, type Resource } from "../../domain/resource.ts";
import type { State } from "../../domain/state.ts";
import { Pages } from "./page-tokens.ts";
import type { AccountReport, Outcomes, Unseen } from "./report.ts";
import type { Shown } from "./shown-statuses.ts";
import { NameCounts } from "./name-counts.ts";

/** Jobs that imported existing instances: both releases accept it, with different results. */
const REPEATED =
  "StartDICOMImportJob: instances that existed already, or that a job had twice: today's service merges them";

interface Counted {
  requests: number;
  succeeded: number;
  readonly errors: NameCounts;
}

const MAX_UNSEEN = 500;
const MAX_JOBS = 500;
const MAX_UNSEEN_LISTED = 50;

/** The activity of one account's clients, in bounded memory. */
export class AccountRecord {
  readonly pages = new Pages();
  readonly throttled = new NameCounts();
  readonly refused = new NameCounts();
  readonly ignored = new NameCounts();
  readonly notEmulated = new NameCounts();
  /** The latest jobs that clients started. */
  readonly #jobIds = new Set<string>();
  readonly #operations = new Map<string, Counted>();
  readonly #states = new Map<string, NameCounts>();
  readonly #unseen = new Map<string, Resource & { readonly status: string }>();
  #unseenLeftOut = 0;

  countAnswer(operation: string, outcome: CallOutcome): void {
    const counted = this.#operations.get(operation) ?? {
      requests: 0,
      succeeded: 0,
      errors: new NameCounts(),
    };
    if (counted.requests === 0) this.#operations.set(operation, counted);
    counted.requests++;
    const error = errorOf(outcome);
    if (error === undefined) counted.succeeded++;
    else counted.errors.add(error);
  }

  /** @param isOfLatest whether the status is the resource's current one */
  see({ kind, id, status, isLatest }: Shown, isOfLatest: boolean): void {
    const counts = this.#states.get(kind) ?? new NameCounts();
    this.#states.set(kind, counts);
    counts.add(showStatus(kind, status));
    if (!isLatest || !isOfLatest) return;
    const resource = `${kind}/${id}`;
    // An accepted deletion does not fail, so its end need not be seen.
    if (status === "DELETING" || !EVERY_STATUS.transient[kind].includes(status))
      this.#unseen.delete(resource);
    else if (this.#unseen.size < MAX_UNSEEN || this.#unseen.has(resource))
      this.#unseen.set(resource, { kind, id, status });
    else this.#unseenLeftOut++;
  }

  jobBegan(jobId: string): void {
    this.#jobIds.add(jobId);
    const [oldest = ""] = this.#jobIds;
    if (this.#jobIds.size > MAX_JOBS) this.#jobIds.delete(oldest);
  }

  /** @param repeated how many instances of a job already existed */
  report(
    account: string,
    operations: readonly string[],
    state: State,
    repeated: (jobId: string) => number,
  ): AccountReport {
    const unseen = [...this.#unseen].map(([resource, last]) => describeUnseen(resource, last, state));
    const called = operations.filter((name) => this.#operations.has(name));
    return {
      account,
      operations: Object.fromEntries(called.map((name) => [name, this.#outcomes(name)])),
      neverCalled: operations.filter((name) => !this.#operations.has(name)),
      states: Object.fromEntries([...this.#states].map(([kind, counts]) => [kind, counts.toJson()])),
      unread: this.pages.unread(),
      unseen: unseen.slice(0, MAX_UNSEEN_LISTED),
      unseenLeftOut: this.#unseenLeftOut + Math.max(0, unseen.length - MAX_UNSEEN_LISTED),
      throttled: this.throttled.toJson(),
      refused: this.refused.toJson(),
      ignored: { ...this.ignored.toJson(), ...this.#repeated(repeated) },
      ...(this.notEmulated.isEmpty ? {} : { notEmulated: this.notEmulated.toJson() }),
    };
  }

  #repeated(repeated: (jobId: string) => number): Record<string, number> {
    const count = [...this.#jobIds].filter((jobId) => repeated(jobId) > 0).length;
    return count === 0 ? {} : { [REPEATED]: count };
  }

  #outcomes(name: string): Outcomes {
    const { requests = 0, succeeded = 0, errors } = this.#operations.get(name) ?? {};
    return { requests, succeeded, errors: errors?.toJson() ?? {} };
  }
}

function describeUnseen(
  resource: string,
  { kind, id, status }: Resource & { readonly status: string },
  state: State,
): Unseen {
  const now = resourceStatusOf(state, { kind, id });
  const shown = now === undefined ? null : showStatus(kind, now.status);
  return { resource, seen: showStatus(kind, status), now: shown };
}

/** Undefined for a success. A truncated body counts by its status. */
export function errorOf({ status, errorCode, brokeOff }: CallOutcome): string | undefined {
  if (status === undefined) return "no answer";
  if (brokeOff !== undefined) return "answer broken off";
  return status < 400 ? undefined : (errorCode?.slice(0, 100) ?? `HTTP ${status}`);
}
