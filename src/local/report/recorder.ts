import { USER_AGENT } from "../../api/user-agent.ts";
import {
  isNamedCall,
  isOperationCall,
  type Activity,
  type ActivityReader,
  type CallOutcome,
  type CallRecord,
  type NamedCall,
  type OperationCall,
} from "../../domain/activity.ts";
import type { Clock } from "../../domain/time/clock.ts";
import { Quotas } from "../../domain/limits/quotas.ts";
import type { Resettable } from "../../domain/resettable.ts";
import type { State } from "../../domain/state.ts";
import { Throttles } from "../../domain/limits/throttles.ts";
import { AccountRecord, errorOf } from "./account-record.ts";
import { behavioursOf, type Behaviours } from "../../api/releases/behaviours.ts";
import { DEFAULT_RELEASE } from "../../api/releases/service-release.ts";
import { quotaBeyond, raisedUnchecked, refusalsOf, type PublishedLimits } from "./refusals.ts";
import { OUT_OF_REACH, type Report } from "./report.ts";
import { SHOW_STATUSES, shownIn, tokenIn } from "./shown-statuses.ts";

interface RecorderDependencies {
  readonly activity: Pick<Activity, "read">;
  readonly clock: Clock;
  readonly quotas: Quotas;
  /** The current state. */
  readonly state: () => State;
  /** How many instances of an import job already existed. */
  readonly repeatedInstances: (jobId: string) => number;
  /** All operations. */
  readonly operations: readonly string[];
  /** Of the service's release. */
  readonly behaviours?: PublishedLimits & Pick<Behaviours, "ignoredInputs">;
}

const MAX_ACCOUNTS = 200;
/** Operations with pages. */
export const LISTS: ReadonlySet<string> = new Set([
  "ListDICOMImportJobs",
  "ListDatastores",
  "ListImageSetVersions",
  "SearchImageSets",
]);
/** A refused call is already counted as such. */
const NOT_LET_IN: ReadonlySet<string | undefined> = new Set(["AccessDeniedException", "ThrottlingException"]);
const NOT_EMULATED: ReadonlySet<string> = new Set(["OperationNotEmulated", "ServiceNotEmulated"]);

/**
 * Records what clients do and what answers show them: never frames, metadata or other content of requests.
 */
export class Recorder implements Resettable, ActivityReader {
  readonly #parts: RecorderDependencies;
  /** AWS's published limits, whatever limits are set here. */
  readonly #throttles: Throttles;
  readonly #published: NonNullable<RecorderDependencies["behaviours"]>;
  readonly #awsQuotas: Quotas;
  readonly #accounts = new Map<string, AccountRecord>();
  /** In-flight calls that AWS's published throttling would refuse. */
  readonly #tooMany = new Set<CallRecord>();
  #requestsLeftOut = 0;
  #since: number;

  constructor(parts: RecorderDependencies) {
    this.#parts = parts;
    this.#published = parts.behaviours ?? behavioursOf(DEFAULT_RELEASE);
    this.#awsQuotas = new Quotas({}, this.#published.quotas);
    const published = this.#published.throttles;
    this.#throttles = new Throttles({ clock: parts.clock, throttling: "aws", published });
    this.#since = parts.clock.now();
    parts.activity.read(this);
  }

  callBegan(call: OperationCall): void {
    if (call.userAgent === USER_AGENT) return;
    if (!this.#throttles.passes(call.operation.name, call.principal)) this.#tooMany.add(call);
  }

  callAnswered(call: CallRecord): void {
    const { outcome } = call;
    if (outcome === undefined || call.userAgent === USER_AGENT || !isNamedCall(call)) return;
    if (!isOperationCall(call)) this.#noteOther(call, outcome);
    else this.#note(call, outcome, !this.#tooMany.delete(call));
  }

  reset(): void {
    this.#accounts.clear();
    this.#throttles.reset();
    this.#requestsLeftOut = 0;
    this.#since = this.#parts.clock.now();
  }

  resetAccount(account: string): void {
    this.#accounts.delete(account);
    this.#throttles.resetAccount(account);
  }

  /** @param only one account, even if it never called; by default all that called */
  report(only?: string): Report {
    const { operations, quotas, state, repeatedInstances } = this.#parts;
    const { reportedAs } = this.#published.ignoredInputs;
    const accounts = only === undefined ? [...this.#accounts.keys()].toSorted() : [only];
    return {
      since: new Date(this.#since).toISOString(),
      ...(reportedAs !== undefined && { ignoredAs: reportedAs }),
      accounts: accounts.map((account) =>
        (this.#accounts.get(account) ?? new AccountRecord()).report(
          account,
          operations,
          state(),
          repeatedInstances,
        ),
      ),
      requestsLeftOut: this.#requestsLeftOut,
      quotasNotChecked: raisedUnchecked(quotas, this.#awsQuotas),
      outOfReach: OUT_OF_REACH,
    };
  }

  #noteOther({ principal, name }: NamedCall, { errorCode }: CallOutcome): void {
    if (errorCode === undefined || !NOT_EMULATED.has(errorCode)) return;
    this.#recordOf(principal.account)?.notEmulated.add(name);
  }

  #note(call: OperationCall, outcome: CallOutcome, isLetIn: boolean): void {
    const record = this.#recordOf(call.principal.account);
    if (record === undefined) return;
    const { name } = call.operation;
    record.countAnswer(name, outcome);
    for (const path of outcome.ignored) record.ignored.add(`${name}: ${path}`);
    const error = errorOf(outcome);
    if (!isLetIn && !NOT_LET_IN.has(error)) record.throttled.add(name);
    if (LISTS.has(name) && call.query.includes("nextToken="))
      record.pages.use(new URLSearchParams(call.query).get("nextToken") ?? "");
    if (error === undefined) this.#noteSuccess(record, call);
  }

  #noteSuccess(record: AccountRecord, call: OperationCall): void {
    const { name } = call.operation;
    for (const reason of refusalsOf(call, this.#published)) record.refused.add(reason);
    const quota = quotaBeyond(call, this.#parts.quotas, this.#awsQuotas, this.#parts.state());
    if (quota !== undefined) record.refused.add(`it is beyond the quota '${quota}'`);
    const { responseElements } = call;
    const token = LISTS.has(name) ? tokenIn(responseElements) : undefined;
    if (token !== undefined) record.pages.handOut(name, token);
    if (!SHOW_STATUSES.has(name)) return;
    const isOfLatest = name !== "GetImageSet" || !call.query.includes("version=");
    for (const shown of shownIn(responseElements)) {
      record.see(shown, isOfLatest);
      if (name === "StartDICOMImportJob") record.jobBegan(shown.id);
    }
  }

  #recordOf(account: string): AccountRecord | undefined {
    const known = this.#accounts.get(account);
    if (known !== undefined) return known;
    if (this.#accounts.size >= MAX_ACCOUNTS) {
      this.#requestsLeftOut++;
      return undefined;
    }
    const record = new AccountRecord();
    this.#accounts.set(account, record);
    return record;
  }
}
