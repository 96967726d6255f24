import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { withDicomweb } from "../api/model/dicomweb-model.ts";
import { model, type Model } from "../api/model/model.ts";
import { nodeProblem } from "../api/node-version.ts";
import type { Composed, ComposeOptions } from "./compose-options.ts";
import { healthChecks } from "./health-checks.ts";
import { liveState } from "./live-state.ts";
import { onFirstUse } from "./on-first-use.ts";
import { OpenedParts } from "./opened-parts.ts";
import { beginWith, SnapshotActions } from "./snapshot-actions.ts";
import { LiveInstance } from "./live-instance.ts";
import { logActivity } from "./log/log-activity.ts";
import { ActivityStream } from "../aws/activity/activity-stream.ts";
import { Journal } from "../aws/activity/journal.ts";
import { DenyRules } from "../aws/identity/deny-rules.ts";
import { readDurations } from "../domain/time/durations.ts";
import { EmulatorClock } from "../domain/time/emulator-clock.ts";
import type { Log } from "../domain/log.ts";
import type { Resettable, ResetOptions, ResetReport } from "../domain/resettable.ts";
import { Quotas } from "../domain/limits/quotas.ts";
import { Throttles } from "../domain/limits/throttles.ts";
import { createAdmit } from "./gateway/admit.ts";
import { withCors } from "./gateway/cors.ts";
import { createGateway } from "./gateway/gateway.ts";
import { checkActions, createMedicalImaging } from "../healthimaging/http/medical-imaging.ts";
import { withHostGuard } from "./gateway/host-guard.ts";
import { withOriginGuard } from "./gateway/origin-guard.ts";
import { recording } from "./gateway/recorded-handler.ts";
import { createOperationRouter } from "../healthimaging/http/operation-route.ts";
import { ServedHosts } from "./gateway/served-hosts.ts";
import { ByteBudget, checkImportMemory, defaultImportMemory } from "../importer/workers/import-memory.ts";
import { checkWorkers, WorkerPool } from "../importer/workers/worker-pool.ts";
import { checkFrameContainer } from "../imaging/pixels/htj2k/frame-container.ts";
import { Recorder } from "../local/report/recorder.ts";
import { createIntercept } from "../local/scenarios/scenario-intercept.ts";
import type { ReadyScenario } from "../local/scenarios/scenario.ts";
import { checkSeed, Scenarios } from "../local/scenarios/scenarios.ts";
import type { ExternalObjects, ExternalS3 } from "../aws/s3/external-objects.ts";
import { FallbackObjectStore } from "../aws/s3/fallback-object-store.ts";
import { FolderBuckets } from "../aws/s3/folder-buckets.ts";
import { openStorage } from "../storage/open-storage.ts";
import { diskReasonOf } from "../storage/files/errno-messages.ts";
import packageJson from "../../package.json" with { type: "json" };

export const VERSION = packageJson.version;

/** Bytes of files that are imported at once; a larger file is imported alone. */
const MAX_FILE_BYTES_AT_ONCE = 512 * 2 ** 20;

/**
 * One for all emulators of the process; no worker is started before the first sign of work. One for each copy
 * of this module: a test runner that loads modules again does so in a thread, a process or a context of its own,
 * where globalThis is another one too.
 */
const workerPool = new WorkerPool(workerEntry());

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Builds every part and joins them; if one cannot be built, closes those that it has opened. */
export async function compose(options: ComposeOptions = {}): Promise<Composed> {
  const problem = nodeProblem();
  if (problem !== undefined) throw new Error(problem);
  const opened = new OpenedParts();
  try {
    return await build(options, opened);
  } catch (error) {
    const { log = SILENT } = options;
    await opened.close().catch((second: unknown) => log.error("a failed start was not cleaned up", second));
    throw error;
  }
}

async function build(options: ComposeOptions, opened: OpenedParts): Promise<Composed> {
  const { log = SILENT, clock = new EmulatorClock() } = options;
  const durations = { ...readDurations(options.durations ?? {}) };
  const createId = (): string => randomBytes(16).toString("hex");
  const throttles = new Throttles({ clock, throttling: options.throttling ?? "off" });
  const denyRules = new DenyRules(options.deny ?? []);
  const quotas = new Quotas(options.quotas);
  const served = withDicomweb(model);
  const scenarioSeed = checkSeed(options.scenarioSeed);
  const hosts = new ServedHosts(options.allowHost ?? []);
  const frameContainer = checkFrameContainer(options.frameContainer);
  const limit = checkWorkers(options.workers);
  const maxMemoryBytes = checkImportMemory(options.importMemory) ?? defaultImportMemory();
  const firstScenarios = await loadScenarios(options.scenarios ?? [], served);
  const storage = await openStorage(options.data, log, { adoptData: options.adoptData === true });
  opened.add(() => storage.close());
  const bucketsFolder = join(storage.folder, "s3");
  const buckets = new FolderBuckets(bucketsFolder, clock, (message) => log.warn(message));
  opened.add(() => buckets.uploads.stop());
  const external = await openExternal(options.externalS3);
  opened.add(() => external?.close());
  const objects = external === undefined ? buckets : new FallbackObjectStore(buckets, external);
  const { spoolFolder } = storage;
  const workers = workerPool.acquire({ limit, spoolFolder, maxMemoryBytes });
  opened.add(() => workers.close());
  const bucketOwners = new Map(Object.entries(options.bucketOwners ?? {}));
  const fileBudget = new ByteBudget(Math.min(MAX_FILE_BYTES_AT_ONCE, maxMemoryBytes / 4));
  const importing = { workers, fileBudget, objects, bucketOwners };
  const liveInstance = new LiveInstance({ storage, buckets, bucketsFolder, log });
  const activity = new ActivityStream(clock, log);
  const journal = new Journal(activity);
  const scenarios = new Scenarios({
    state: liveState(() => liveInstance.current.state),
    clock,
    activity,
    nextRequest: () => journal.nextSeq,
    log,
    atStart: firstScenarios,
    seed: scenarioSeed,
  });
  const sharedParts = {
    activity,
    clock,
    log,
    createId,
    durations,
    quotas,
    scenarios,
    frameContainer,
    ...importing,
  };
  const durationsAtStart = { ...durations };
  const resetDurations = (): void => void Object.assign(durations, durationsAtStart);
  const resettables: Resettable[] = [throttles, quotas, denyRules, scenarios, { reset: resetDurations }];
  const operations = [...served.operations.keys()];
  const recorder = new Recorder({
    activity,
    clock,
    quotas,
    state: () => liveInstance.current.state,
    repeatedInstances: (jobId) => liveInstance.current.repeatedImports.countedOf(jobId),
    operations,
  });
  resettables.push(journal, ...(clock instanceof EmulatorClock ? [clock] : []), recorder);
  liveInstance.start(sharedParts, resettables);
  opened.add(() => {
    const closed = liveInstance.close();
    external?.close(); // Not before jobs know that they stop, and not after: that S3 may never answer.
    return closed;
  });
  const snapshots = new SnapshotActions({ liveInstance, snapshots: storage.snapshots, buckets, clock });
  scenarios.reset();
  quotas.overrideBy((name, scope) => scenarios.quota(name, scope));

  checkActions(served, liveInstance.current.context.actions);
  const route = createOperationRouter(served);
  const handle = createGateway({
    route,
    medicalImaging: createMedicalImaging({
      model: served,
      admit: createAdmit({ denyRules, throttles, regions: options.regions }),
      instance: liveInstance,
      log,
      activity,
      raisedBound: (shapeName, caller) =>
        shapeName === "DICOMAttribute" ? quotas.limit("updatePayloadBytes", caller) : undefined,
    }),
    intercept: createIntercept({ scenarios, instance: () => liveInstance.current, clock, log }),
    activity,
    s3: onFirstUse(async () => {
      const { createS3Front } = await import("../aws/s3/rest/rest.ts");
      return createS3Front({
        buckets,
        bucketOwners,
        clock,
        onWrite: () => workers.warmUp(),
        report: (error) => {
          const diskReason = diskReasonOf(error);
          if (diskReason === undefined) log.error("an S3 request failed", error);
          else log.error(`an S3 request failed: ${diskReason}`);
        },
      });
    }),
    control: onFirstUse(async () => {
      const { createControl } = await import("../local/control/control.ts");
      return createControl({
        version: VERSION,
        health: healthChecks({ storage, state: () => liveInstance.current.state, buckets, workers }),
        instance: () => liveInstance.current,
        limits: { throttles, quotas, denyRules },
        reset: (wanted) => liveInstance.reset(wanted),
        snapshots,
        scenarios: { scenarios, journal, model: served },
        recorder,
      });
    }),
    log,
    defaults: { account: "000000000000", region: "us-east-1", ...options.defaults },
  });
  const reset = (wanted?: ResetOptions): Promise<ResetReport> => liveInstance.reset(wanted);
  await beginWith({ storage, bucketsFolder, buckets, snapshots, seed: options.seed, log });
  const origins = options.cors ?? [];
  const guarded = withCors(withOriginGuard(handle, origins, log), origins);
  logActivity(activity, { ...options, log, route });
  return {
    handle: recording(withHostGuard(guarded, hosts, log), activity),
    handleInProcess: recording(guarded, activity),
    resume: () => liveInstance.resume(),
    reset,
    endWaits: () => {
      liveInstance.current.time.stop();
      scenarios.stop();
    },
    close: () => opened.close(),
  };
}

/** The reader of scenarios is loaded only if there are scenarios. */
async function loadScenarios(texts: readonly string[], served: Model): Promise<ReadyScenario[]> {
  if (texts.length === 0) return [];
  const scenarios = await import("../local/scenarios/reading/load-scenario.ts");
  return scenarios.loadScenarios(texts, process.cwd(), served);
}

/** The client of S3 is loaded only where there is one to talk to. */
async function openExternal(external: ExternalS3 | undefined): Promise<ExternalObjects | undefined> {
  if (external === undefined) return undefined;
  const s3 = await import("../aws/s3/external-objects.ts");
  return new s3.ExternalObjects(external);
}

/** In a bundle the worker is a file beside this one. */
function workerEntry(): URL {
  const entry = import.meta.url.endsWith(".ts") ? "../worker.ts" : "./worker.js";
  return new URL(entry, import.meta.url);
}
