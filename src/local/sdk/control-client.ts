import type { EmulatorHandle } from "../../api/http.ts";
import { ControlCalls } from "./control-calls.ts";
import type {
  CallsAnswer,
  ClockAnswer,
  Duration,
  DurationChanges,
  DurationsAnswer,
  HealthAnswer,
  HoldAnswer,
  HoldsAnswer,
  ImageSetAnswer,
  IndexAnswer,
  LimitChanges,
  LimitsAnswer,
  ProgressAnswer,
  Report,
  RequestFilters,
  ResetOptions,
  ResetReport,
  ResourceAnswer,
  ResourceName,
  RestoreReport,
  SaveOptions,
  SnapshotSummary,
  StatusName,
  StatusOverride,
} from "./control-operations.ts";
import { readEndpoint } from "./endpoint.ts";
import {
  importFixtures,
  type FixtureOptions,
  type Fixtures,
  type FixturesTarget,
} from "./import/import-fixtures.ts";
import { requestClient, scenarioClient } from "./scenario-client.ts";

export interface ControlClientOptions {
  /** The CAs that HTTPS trusts, in PEM, in place of those that Node.js trusts: `emulator.ca.certificate`. */
  readonly ca?: string | readonly string[] | undefined;
}

export interface WaitOptions {
  /** One status, or an array of them. */
  readonly status: StatusName | readonly StatusName[];
  /** `10s`, `PT10S`, or milliseconds. */
  readonly timeout?: Duration | number | undefined;
  /** Advances a frozen clock until the resource has the status. */
  readonly autoAdvance?: boolean | undefined;
}

/** `message`: the reason, if the status is a failure. `force`: allows a status that cannot follow on AWS. */
export type PushOptions = Omit<StatusOverride, "status">;

/**
 * Everything under `/_local` of an emulator. A resource is `datastore/{id}`, `importJob/{id}` or
 * `imageSet/{id}`; every method throws ControlClientError if the emulator refuses.
 */
export class ControlClient {
  readonly #target: FixturesTarget;
  readonly #ask: ControlCalls["ask"];

  /**
   * @param target the emulator's URL (`http://127.0.0.1:4464`), or the `handle` of an emulator in this
   * process
   * @throws TypeError if it is not an HTTP URL
   */
  constructor(target: string | URL | EmulatorHandle, { ca }: ControlClientOptions = {}) {
    const endpoint = typeof target === "function" ? target : readEndpoint(target);
    this.#target = { endpoint, ca };
    const calls = new ControlCalls(endpoint, ca);
    this.#ask = (id, input, accepts) => calls.ask(id, input, accepts);
  }

  /**
   * Uploads a folder of DICOM files and imports it, into a data store that is created if it does not exist. A
   * frozen clock is advanced until the import ends.
   * @throws Error if the folder or the job cannot be used; files that are not imported are returned, not
   * thrown
   * @example const { datastoreId, imageSets } = await control.importFolder("./my-dicom")
   */
  async importFolder(folder: string, options: FixtureOptions = {}): Promise<Fixtures> {
    return importFixtures(this, this.#target, folder, options);
  }

  /**
   * The version, and every route of `/_local`.
   * @example const { version } = await control.index()
   */
  index(): Promise<IndexAnswer> {
    return this.#ask("readIndex", {});
  }

  /**
   * All routes in OpenAPI 3.1.
   * @example const { paths } = await control.openApi()
   */
  openApi(): Promise<Readonly<Record<string, unknown>>> {
    return this.#ask("readOpenApi", {});
  }

  /**
   * Whether every part works. An emulator with a broken part answers too: its `status` is `error`.
   * @example expect((await control.health()).status).toBe("ok")
   */
  health(): Promise<HealthAnswer> {
    return this.#ask("readHealth", {}, [503]);
  }

  /**
   * Resets everything, or one account.
   * @example await control.reset({ buckets: true })
   */
  reset(options: ResetOptions = {}): Promise<ResetReport> {
    return this.#ask("reset", { body: options });
  }

  /**
   * The requests of clients since the start, the last reset or `clearReport`, for all accounts or for one.
   * @example const { accounts } = await control.report()
   */
  report(account?: string): Promise<Report> {
    return this.#ask("readReport", { query: { account } });
  }

  /** @example await control.clearReport("111122223333") */
  clearReport(account?: string): Promise<void> {
    return this.#ask("clearReport", { query: { account } });
  }

  /** Throttling, quotas and denied calls. */
  readonly limits = {
    /** @example const { quotas } = await control.limits.get() */
    get: (): Promise<LimitsAnswer> => this.#ask("readLimits", {}),
    /** @example await control.limits.set({ throttling: "aws", quotas: { "Maximum data stores": 2 } }) */
    set: (changes: LimitChanges): Promise<LimitsAnswer> => this.#ask("changeLimits", { body: changes }),
  };

  readonly clock = {
    /** @example const { now, nextDue } = await control.clock.now() */
    now: (): Promise<ClockAnswer> => this.#ask("readClock", {}),
    /**
     * Freezes the clock, now or at a future time.
     * @example await control.clock.freeze("2026-01-15T02:00:00Z")
     */
    freeze: (at?: string | Date): Promise<ClockAnswer> =>
      this.#ask("moveClock", { body: { action: "freeze", at: at === undefined ? undefined : timeOf(at) } }),
    /**
     * Resolves after all changes that became due.
     * @param by `5m`, `PT5M`, or milliseconds
     * @example const { fired } = await control.clock.advance("5m")
     */
    advance: (by: Duration | number): Promise<ClockAnswer> =>
      this.#ask("moveClock", { body: { action: "advance", by: durationOf(by) } }),
    /** @example await control.clock.set(new Date("2026-01-15T02:00:00Z")) */
    set: (at: string | Date): Promise<ClockAnswer> =>
      this.#ask("moveClock", { body: { action: "set", at: timeOf(at) } }),
    /** @example await control.clock.resume() */
    resume: (): Promise<ClockAnswer> => this.#ask("moveClock", { body: { action: "resume" } }),
  };

  /** How long a resource stays in each transient state. */
  readonly durations = {
    /** @example const { jobInProgressMs } = await control.durations.get() */
    get: (): Promise<DurationsAnswer> => this.#ask("readDurations", {}),
    /** @example await control.durations.set({ datastoreCreatingMs: 2000, jobInProgressMs: "PT2M" }) */
    set: (changes: DurationChanges): Promise<DurationsAnswer> =>
      this.#ask("changeDurations", { body: changes }),
  };

  readonly resources = {
    /**
     * Returns the current status.
     * @example const { status } = await control.resources.get(`importJob/${jobId}`)
     */
    get: (resource: ResourceName): Promise<ResourceAnswer> =>
      this.#ask("readStatus", { params: partsOf(resource) }),
    /**
     * Sets a status immediately. For a failure use FAILED, UPDATE_FAILED ...
     * @example await control.resources.push(`importJob/${jobId}`, "FAILED", { message: "no access" })
     */
    push: (resource: ResourceName, status: StatusName, options: PushOptions = {}): Promise<ResourceAnswer> =>
      this.#ask("changeStatus", { params: partsOf(resource), body: { status, ...options } }),
    /**
     * Holds it in a status, by default the current one. `datastore/*` holds all, including those created later.
     * @example await control.resources.hold("datastore/*", "CREATING")
     */
    hold: (resource: ResourceName, status?: StatusName): Promise<HoldAnswer> =>
      this.#ask("holdResource", { params: partsOf(resource), body: { status } }),
    /** @example await control.resources.release("datastore/*") */
    release: (resource: ResourceName): Promise<HoldAnswer> =>
      this.#ask("releaseResource", { params: partsOf(resource) }),
    /**
     * The statuses in which it is held.
     * @throws ControlClientError 404 if it is not held
     * @example const { statuses } = await control.resources.holdOf(`imageSet/${imageSetId}`)
     */
    holdOf: (resource: ResourceName): Promise<HoldAnswer> =>
      this.#ask("readHold", { params: partsOf(resource) }),
    /**
     * Everything that is held.
     * @example const { holds } = await control.resources.holds()
     */
    holds: (): Promise<HoldsAnswer> => this.#ask("listHolds", {}),
  };

  /** Saves data under a name, restores it in one step, or exports it as one file: for demos and bug reports. */
  readonly snapshots = {
    /** @example const [first] = await control.snapshots.list() */
    list: async (): Promise<readonly SnapshotSummary[]> => (await this.#ask("listSnapshots", {})).snapshots,
    /** @example const { savedAt } = await control.snapshots.get("demo") */
    get: (name: string): Promise<SnapshotSummary> => this.#ask("readSnapshot", { params: { name } }),
    /** @example await control.snapshots.save("demo", { buckets: true, replace: true }) */
    save: (name: string, options: SaveOptions = {}): Promise<SnapshotSummary> =>
      this.#ask("saveSnapshot", { params: { name }, body: options }),
    /**
     * Replaces the current data; running jobs are cancelled.
     * @example await control.snapshots.restore("demo")
     */
    restore: (name: string): Promise<RestoreReport> => this.#ask("restoreSnapshot", { params: { name } }),
    /** @example await control.snapshots.remove("demo") */
    remove: (name: string): Promise<void> => this.#ask("removeSnapshot", { params: { name } }),
    /**
     * The bytes of a file. The same content always gives the same bytes.
     * @example await writeFile("demo.tar.gz", await control.snapshots.export("demo"))
     */
    export: (name: string): Promise<Uint8Array> => this.#ask("exportSnapshot", { params: { name } }),
    /**
     * Stores such a file as a snapshot, without restoring it.
     * @example await control.snapshots.import("demo", await readFile("demo.tar.gz"))
     */
    import: (
      name: string,
      file: Uint8Array,
      { replace = false }: Pick<SaveOptions, "replace"> = {},
    ): Promise<SnapshotSummary> =>
      this.#ask("importSnapshot", { params: { name }, query: replace ? { replace: "1" } : {}, body: file }),
  };

  /**
   * Resolves as soon as the resource has the status; rejects if it never will, or not in time.
   * @example await control.wait(`importJob/${jobId}`, { status: ["COMPLETED", "FAILED"], timeout: "2m" })
   */
  async wait(
    resource: ResourceName,
    { status, timeout, autoAdvance = false }: WaitOptions,
  ): Promise<ResourceAnswer> {
    const query = {
      resource,
      status: [status].flat().join(","),
      timeout: timeout === undefined ? undefined : durationOf(timeout),
      ...(autoAdvance ? { autoAdvance: "1" as const } : {}),
    };
    // It has one of the statuses, or the answer is an error.
    return (await this.#ask("wait", { query })) as ResourceAnswer;
  }

  readonly scenarios = scenarioClient((...asked) => this.#ask(...asked));

  readonly requests = requestClient((...asked) => this.#ask(...asked));

  /**
   * The requests of the journal as clients count them: all attempts of an SDK's call are one.
   * @example const { calls } = await control.calls({ op: "GetImageFrame" })
   */
  calls(filters: RequestFilters = {}): Promise<CallsAnswer> {
    return this.#ask("listCalls", { query: filters });
  }

  /**
   * The progress of a running import; null if it is not running.
   * @throws ControlClientError 404
   * @example const progress = await control.importJob(jobId)
   */
  importJob(jobId: string): Promise<ProgressAnswer | null> {
    return this.#ask("readProgress", { params: { jobId } });
  }

  /**
   * The storage tier, and when the image set was last accessed.
   * @example const { storageTier } = await control.imageSet(imageSetId)
   */
  imageSet(imageSetId: string): Promise<ImageSetAnswer> {
    return this.#ask("readImageSet", { params: { imageSetId } });
  }
}

const durationOf = (duration: Duration | number): Duration =>
  typeof duration === "number" ? `${duration}ms` : duration;

const timeOf = (at: string | Date): string => (typeof at === "string" ? at : at.toISOString());

function partsOf(resource: ResourceName): { readonly kind: string; readonly id: string } {
  const [kind = "", ...id] = resource.split("/");
  return { kind, id: id.join("/") };
}
