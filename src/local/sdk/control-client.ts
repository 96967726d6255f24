import type { HttpHandler } from "../../api/http.ts";
import type { ResetOptions, ResetReport } from "../../domain/resettable.ts";
import type { Report } from "../report/report.ts";
import type { RestoreReport, SaveOptions, SnapshotSummary } from "../../domain/snapshot.ts";
import type {
  ClockAnswer,
  DurationsAnswer,
  HealthAnswer,
  HoldAnswer,
  ImageSetAnswer,
  LimitChanges,
  LimitsAnswer,
  ProgressAnswer,
  ResourceAnswer,
} from "./control-answers.ts";
import { parse, sendBy, type Send } from "./control-transport.ts";
import { readEndpoint } from "./endpoint.ts";
import { importFixtures, type FixtureOptions, type Fixtures } from "./import/import-fixtures.ts";
import { LocalApi } from "./local-api.ts";
import type { CallsAnswer, RequestFilters } from "./scenario-answers.ts";
import { askCalls, requestClient, scenarioClient } from "./scenario-client.ts";

/** A status that says no, and why. */
export class ControlClientError extends Error {
  /** Of HTTP: 400, 404, 408, 409 ... */
  readonly status: number;
  /** All that the answer says, `message` too. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, details: Readonly<Record<string, unknown>>) {
    super(messageOf(details) ?? `the emulator answered ${status}`);
    this.name = "ControlClientError";
    this.status = status;
    this.details = details;
  }
}

export interface WaitOptions {
  /** One of these. */
  readonly status: string | readonly string[];
  /** `10s`, `PT10S`, or milliseconds. */
  readonly timeout?: string | number | undefined;
  /** Moves a frozen clock on until the status is there. */
  readonly autoAdvance?: boolean | undefined;
}

export interface PushOptions {
  /** Why it failed, where that is what it is pushed to. */
  readonly message?: string | undefined;
  /** Past what AWS's states allow. */
  readonly force?: boolean | undefined;
}

/**
 * Everything under `/_local` of an emulator. A resource is `datastore/{id}`, `importJob/{id}` or
 * `imageSet/{id}`; every method throws ControlClientError where the emulator refuses.
 */
export class ControlClient {
  readonly #target: string | HttpHandler;
  readonly #send: Send;

  /**
   * @param target where it listens (`http://127.0.0.1:4464`), or the `handle` of one in this process
   * @throws TypeError where it is no URL of HTTP
   */
  constructor(target: string | URL | HttpHandler) {
    this.#target = typeof target === "function" ? target : readEndpoint(target);
    this.#send = sendBy(new LocalApi({ endpoint: this.#target, accessKeyId: "test", region: "us-east-1" }));
  }

  /**
   * Uploads a folder of DICOM files and imports it, into a data store that is made where there is none; a
   * frozen clock is moved as far as that takes.
   * @throws Error where the folder or the job is no good; files that are not imported are told, not thrown
   */
  async importFolder(folder: string, options: FixtureOptions = {}): Promise<Fixtures> {
    return importFixtures(this, this.#target, folder, options);
  }

  /** Also of one that is not well. */
  async health(): Promise<HealthAnswer> {
    const answer = await this.#send("GET", "/_local/health");
    if (answer.status === 200 || answer.status === 503) return parse(answer) as HealthAnswer;
    throw new ControlClientError(answer.status, asDetails(parse(answer)));
  }

  /** Takes everything back to the start, or what belongs to one account. */
  reset(options: ResetOptions = {}): Promise<ResetReport> {
    return this.#call("POST", "/_local/reset", options);
  }

  /** What clients did since the start, the last reset or `clearReport`, of all accounts or of one. */
  report(account?: string): Promise<Report> {
    return this.#call("GET", reportPath(account));
  }

  async clearReport(account?: string): Promise<void> {
    await this.#call("DELETE", reportPath(account));
  }

  readonly limits = {
    get: (): Promise<LimitsAnswer> => this.#call("GET", "/_local/limits"),
    set: (changes: LimitChanges): Promise<LimitsAnswer> => this.#call("POST", "/_local/limits", changes),
  };

  readonly clock = {
    now: (): Promise<ClockAnswer> => this.#call("GET", "/_local/clock"),
    /** Stops it, now or at a time to come. */
    freeze: (at?: string | Date): Promise<ClockAnswer> => this.#clock("freeze", { at }),
    /** @param by `5m`, `PT5M`, or milliseconds; answers when everything that fell due has been done */
    advance: (by: string | number): Promise<ClockAnswer> => this.#clock("advance", { by: durationOf(by) }),
    set: (at: string | Date): Promise<ClockAnswer> => this.#clock("set", { at }),
    resume: (): Promise<ClockAnswer> => this.#clock("resume", {}),
  };

  readonly durations = {
    get: (): Promise<DurationsAnswer> => this.#call("GET", "/_local/durations"),
    /** In milliseconds, or `PT2M`. */
    set: (changes: Readonly<Record<string, string | number>>): Promise<DurationsAnswer> =>
      this.#call("POST", "/_local/durations", changes),
  };

  readonly resources = {
    /** Its status. */
    get: (resource: string): Promise<ResourceAnswer> => this.#call("GET", `${pathOf(resource)}/status`),
    /** Puts it in a status now; what fails is pushed to FAILED, UPDATE_FAILED ... */
    push: (resource: string, status: string, options: PushOptions = {}): Promise<ResourceAnswer> =>
      this.#call("PUT", `${pathOf(resource)}/status`, { status, ...options }),
    /** Keeps it in a status, or in the one that it is in; `datastore/*` is every one, those to come too. */
    hold: (resource: string, status?: string): Promise<HoldAnswer> =>
      this.#call("PUT", `${pathOf(resource)}/hold`, { status }),
    release: (resource: string): Promise<HoldAnswer> => this.#call("DELETE", `${pathOf(resource)}/hold`),
    /** Everything that is held. */
    holds: (): Promise<{ readonly holds: readonly HoldAnswer[] }> => this.#call("GET", "/_local/holds"),
  };

  /** The state of a demo, or of a bug report: saved under a name, brought back in one step, or one file. */
  readonly snapshots = {
    list: async (): Promise<readonly SnapshotSummary[]> =>
      (await this.#call<{ readonly snapshots: SnapshotSummary[] }>("GET", "/_local/snapshots")).snapshots,
    save: (name: string, options: SaveOptions = {}): Promise<SnapshotSummary> =>
      this.#call("PUT", snapshotPath(name), options),
    /** In the place of all there is; running jobs are cancelled. */
    restore: (name: string): Promise<RestoreReport> => this.#call("POST", `${snapshotPath(name)}/restore`),
    remove: async (name: string): Promise<void> => void (await this.#ask("DELETE", snapshotPath(name))),
    /** The bytes of a file: the same for the same content. */
    export: async (name: string): Promise<Uint8Array> =>
      (await this.#ask("GET", `${snapshotPath(name)}/file`)).bytes,
    /** Keeps such a file as a snapshot; nothing is restored. */
    import: (
      name: string,
      file: Uint8Array,
      { replace = false }: Pick<SaveOptions, "replace"> = {},
    ): Promise<SnapshotSummary> =>
      this.#call("PUT", `${snapshotPath(name)}/file${replace ? "?replace=1" : ""}`, file),
  };

  /** Answers as soon as a resource has the status; where it never will, or not in time, that is an error. */
  wait(resource: string, { status, timeout, autoAdvance = false }: WaitOptions): Promise<ResourceAnswer> {
    const query = new URLSearchParams({ resource, status: [status].flat().join(",") });
    if (timeout !== undefined) query.set("timeout", durationOf(timeout));
    if (autoAdvance) query.set("autoAdvance", "1");
    return this.#call("GET", `/_local/wait?${query.toString()}`);
  }

  readonly scenarios = scenarioClient((...asked) => this.#call(...asked));

  readonly requests = requestClient((...asked) => this.#call(...asked));

  /** The requests of the journal as clients count them: all attempts of an SDK's call are one. */
  calls(filters: RequestFilters = {}): Promise<CallsAnswer> {
    return askCalls((...asked) => this.#call(...asked), filters);
  }

  /** How far a running import is; null of one that does not run. @throws ControlClientError 404 */
  importJob(jobId: string): Promise<ProgressAnswer | null> {
    return this.#call("GET", `/_local/import-jobs/${encodeURIComponent(jobId)}`);
  }

  /** Its storage tier, and when it was touched last. */
  imageSet(imageSetId: string): Promise<ImageSetAnswer> {
    return this.#call("GET", `/_local/image-sets/${encodeURIComponent(imageSetId)}`);
  }

  #clock(action: string, wanted: { readonly by?: string; readonly at?: string | Date | undefined }) {
    return this.#call<ClockAnswer>("POST", "/_local/clock", { action, ...wanted });
  }

  async #call<Answer>(
    method: string,
    path: string,
    body?: object | string,
    accepts: readonly number[] = [],
  ): Promise<Answer> {
    const answer = await this.#ask(method, path, body, accepts);
    return (answer.status === 204 ? undefined : parse(answer)) as Answer;
  }

  async #ask(
    method: string,
    path: string,
    body?: object | string,
    accepts: readonly number[] = [],
  ): ReturnType<Send> {
    const answer = await this.#send(method, path, body);
    if (answer.status < 300 || accepts.includes(answer.status)) return answer;
    throw new ControlClientError(answer.status, asDetails(parse(answer)));
  }
}

const durationOf = (duration: string | number): string =>
  typeof duration === "number" ? `${duration}ms` : duration;

const reportPath = (account: string | undefined): string =>
  account === undefined ? "/_local/report" : `/_local/report?account=${encodeURIComponent(account)}`;

const pathOf = (resource: string): string =>
  `/_local/resources/${resource.split("/").map(encodeURIComponent).join("/")}`;

/** Of an answer that says no. What is wrong with a scenario it tells in a list. */
function messageOf({ message, errors }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof message === "string") return message;
  return Array.isArray(errors)
    ? (errors as readonly ScenarioProblem[]).map(describeScenarioProblem).join("\n")
    : undefined;
}

interface ScenarioProblem {
  readonly line?: number;
  readonly pointer: string;
  readonly message: string;
  readonly hint?: string;
}

const describeScenarioProblem = ({ line, pointer, message, hint }: ScenarioProblem): string =>
  (line === undefined ? "" : `line ${line}: `) +
  message +
  (pointer === "" ? "" : ` at ${pointer}`) +
  (hint === undefined ? "" : ` (${hint})`);
const snapshotPath = (name: string): string => `/_local/snapshots/${encodeURIComponent(name)}`;

const asDetails = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null ? { ...body } : { message: String(body) };
