import type { HttpResponse } from "../../api/http.ts";
import { USER_AGENT } from "../../api/user-agent.ts";
import type { Clock } from "../../domain/time/clock.ts";
import type { Quotas } from "../../domain/limits/quotas.ts";
import type { Resettable } from "../../domain/resettable.ts";
import type { State } from "../../domain/state.ts";
import { Throttles } from "../../domain/limits/throttles.ts";
import type { Call, Intercept } from "../../healthimaging/http/intercept.ts";
import { AccountRecord, errorOf } from "./account-record.ts";
import { tokenIn } from "./page-tokens.ts";
import { quotaBeyond, raisedUnchecked, refusalsOf } from "./refusals.ts";
import { OUT_OF_REACH, type Report } from "./report.ts";
import { SHOW_STATUSES, shownIn } from "./shown-statuses.ts";

interface RecorderDependencies {
  readonly clock: Clock;
  readonly quotas: Quotas;
  /** What is served now. */
  readonly state: () => State;
  /** How many instances that an import job brought were there before it. */
  readonly repeatedInstances: (jobId: string) => number;
  /** Every one that there is. */
  readonly operations: readonly string[];
}

const MAX_ACCOUNTS = 200;
/** Whose answers have pages. */
export const LISTS: ReadonlySet<string> = new Set([
  "ListDICOMImportJobs",
  "ListDatastores",
  "ListImageSetVersions",
  "SearchImageSets",
]);
/** What was not let in here counts as that already. */
const NOT_LET_IN: ReadonlySet<string | undefined> = new Set(["AccessDeniedException", "ThrottlingException"]);

/** Notes what clients do and what they are shown: never frames or metadata, nothing that a request carries. */
export class Recorder implements Resettable {
  readonly #parts: RecorderDependencies;
  /** AWS's published limits, whatever those are that hold here. */
  readonly #throttles: Throttles;
  readonly #accounts = new Map<string, AccountRecord>();
  #requestsLeftOut = 0;
  #since: number;

  constructor(parts: RecorderDependencies) {
    this.#parts = parts;
    this.#throttles = new Throttles({ clock: parts.clock, throttling: "aws" });
    this.#since = parts.clock.now();
  }

  /** Stands before another interceptor, so that it sees what the client sees. */
  watch(intercept: Intercept): Intercept {
    return async (call, perform) => {
      if (call.request.headers["user-agent"] === USER_AGENT) return intercept(call, perform);
      const isLetIn = this.#throttles.passes(call.route.operation.name, call.caller);
      const response = await intercept(call, perform);
      this.#note(call, response, isLetIn);
      return response;
    };
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

  /** @param only one account, called or not; every one that called where left out */
  report(only?: string): Report {
    const { operations, quotas, state, repeatedInstances } = this.#parts;
    const accounts = only === undefined ? [...this.#accounts.keys()].toSorted() : [only];
    return {
      since: new Date(this.#since).toISOString(),
      accounts: accounts.map((account) =>
        (this.#accounts.get(account) ?? new AccountRecord()).report(
          account,
          operations,
          state(),
          repeatedInstances,
        ),
      ),
      requestsLeftOut: this.#requestsLeftOut,
      quotasNotChecked: raisedUnchecked(quotas),
      outOfReach: OUT_OF_REACH,
    };
  }

  #note(call: Call, response: HttpResponse, isLetIn: boolean): void {
    const record = this.#recordOf(call.caller.account);
    if (record === undefined) return;
    const { name } = call.route.operation;
    const { query } = call.request;
    record.countAnswer(name, response);
    for (const path of response.ignored ?? []) record.ignored.add(`${name}: ${path}`);
    const error = errorOf(response);
    if (!isLetIn && !NOT_LET_IN.has(error)) record.throttled.add(name);
    if (LISTS.has(name) && query.includes("nextToken="))
      record.pages.use(new URLSearchParams(query).get("nextToken") ?? "");
    if (error !== undefined) return;
    this.#noteSuccess(record, call, response.body);
  }

  #noteSuccess(record: AccountRecord, call: Call, body: HttpResponse["body"]): void {
    const { name } = call.route.operation;
    for (const reason of refusalsOf(call)) record.refused.add(reason);
    const quota = quotaBeyond(call, this.#parts.quotas, this.#parts.state());
    if (quota !== undefined) record.refused.add(`it is beyond the quota '${quota}'`);
    if (typeof body !== "string") return;
    const token = LISTS.has(name) ? tokenIn(body) : undefined;
    if (token !== undefined) record.pages.handOut(name, token);
    if (!SHOW_STATUSES.has(name)) return;
    const isOfLatest = name !== "GetImageSet" || !call.request.query.includes("version=");
    for (const shown of shownIn(body)) {
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
