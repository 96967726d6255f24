import { nodeProblem } from "../api/node-version.ts";
import { diskReasonOf } from "../storage/files/errno-messages.ts";
import { checkActions, createMedicalImaging } from "../healthimaging/http/medical-imaging.ts";
import { createOperationRouter, type OperationRouter } from "../healthimaging/http/operation-route.ts";
import { createIntercept } from "../local/scenarios/scenario-intercept.ts";
import type { Composed, ComposeOptions } from "./compose-options.ts";
import { createAdmit } from "./gateway/admit.ts";
import { withBucketCors } from "./gateway/bucket-cors.ts";
import { withCors } from "./gateway/cors.ts";
import { createGateway } from "./gateway/gateway.ts";
import { withHostGuard } from "./gateway/host-guard.ts";
import { withOriginGuard } from "./gateway/origin-guard.ts";
import { recording, type RecordedHandler } from "./gateway/recorded-handler.ts";
import { createS3Handler, s3AddressOf } from "./gateway/s3-requests.ts";
import { healthChecks } from "./health-checks.ts";
import { logActivity } from "./log/log-activity.ts";
import { onFirstUse } from "./on-first-use.ts";
import { openResources, type OpenedResources } from "./open-resources.ts";
import { OpenedParts } from "./opened-parts.ts";
import { readOptions, SILENT, type CheckedOptions } from "./read-options.ts";
import { beginWith, SnapshotActions } from "./snapshot-actions.ts";
import { startInstance } from "./start-instance.ts";
import { VERSION } from "../api/package-version.ts";

/** All parts of an emulator except its gateway. */
type Parts = CheckedOptions &
  OpenedResources &
  ReturnType<typeof startInstance> & {
    readonly snapshots: SnapshotActions;
    readonly route: OperationRouter;
  };

/** Builds and joins all parts. If one cannot be built, closes those that are already open. */
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
  const checked = await readOptions(options);
  const resources = await openResources(options, checked, opened);
  const started = startInstance({ ...checked, ...resources }, opened);
  const { storage, buckets } = resources;
  const { served, clock, log } = checked;
  const { liveInstance, activity, scenarios } = started;
  const snapshots = new SnapshotActions({ liveInstance, snapshots: storage.snapshots, buckets, clock });
  const route = createOperationRouter(served);
  const parts: Parts = { ...checked, ...resources, ...started, snapshots, route };
  const handlers = createHandlers(parts, options);
  await beginWith({ ...parts, seed: options.seed });
  logActivity(activity, { ...options, log, route });
  return {
    handle: recording(handlers.guarded, activity, log),
    handleInProcess: recording(handlers.unguarded, activity, log),
    resume: () => liveInstance.resume(),
    reset: (wanted) => liveInstance.reset(wanted),
    endWaits: () => {
      liveInstance.current.time.stop();
      scenarios.stop();
    },
    close: () => opened.close(),
  };
}

/** The gateway behind its guards, from the outside in: host, CORS of buckets, CORS, origin. */
function createHandlers(
  parts: Parts,
  { regions, console: isWithConsole = true }: Pick<ComposeOptions, "regions" | "console">,
) {
  const { served, route, activity, liveInstance, buckets, origins, hosts, log, defaults, behaviours } = parts;
  checkActions(served, liveInstance.current.context.actions);
  const otherServices = serveOthers();
  const s3 = createS3Handler({ s3: serveS3(parts), log, defaults });
  const gateway = createGateway({
    route,
    medicalImaging: createService(parts, regions),
    intercept: createIntercept({ ...parts, instance: () => liveInstance.current }),
    activity,
    otherServices,
    s3,
    control: serveControl(parts),
    console: isWithConsole ? openConsole() : undefined,
    log,
    defaults,
  });
  const unguarded: RecordedHandler = withBucketCors({
    guarded: withCors(withOriginGuard(gateway, origins, log), origins, behaviours.dicomwebCors),
    handle: gateway,
    s3,
    addressOf: s3AddressOf(route, defaults),
    rulesOf: (bucket) => buckets.corsRulesOf(bucket),
    origins,
  });
  return { unguarded, guarded: withHostGuard(unguarded, { hosts, log, otherServices, defaults }) };
}

function createService(parts: Parts, regions: ComposeOptions["regions"]) {
  const { served, behaviours, denyRules, throttles, quotas, liveInstance, log, activity } = parts;
  return createMedicalImaging({
    model: served,
    admit: createAdmit({ denyRules, throttles, regions, published: behaviours.regions }),
    instance: liveInstance,
    log,
    activity,
    behaviours,
    raisedBound: (shapeName, caller) =>
      shapeName === "DICOMAttribute" ? quotas.limit("updatePayloadBytes", caller) : undefined,
  });
}

/** STS, and what is said of services that are not here, is loaded at its first request. */
const serveOthers = () =>
  onFirstUse(async () => {
    const { createOtherServices } = await import("../aws/other-services/other-services.ts");
    const { sts } = await import("../aws/identity/sts/sts.ts");
    return createOtherServices(new Map([["sts", sts]]));
  });

/** The S3 API is loaded at its first request. */
const serveS3 = ({ buckets, bucketOwners, clock, workers, log }: Parts) =>
  onFirstUse(async () => {
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
  });

/** The console is loaded when a browser asks for it. */
const openConsole = () =>
  onFirstUse(async () => (await import("../local/console/serve-console.ts")).serveConsole);

/** The routes of `/_local` are loaded at their first request. */
const serveControl = (parts: Parts) =>
  onFirstUse(async () => {
    const { liveInstance, throttles, quotas, denyRules, snapshots, scenarios, journal, recorder } = parts;
    const { createControl } = await import("../local/control/control.ts");
    return createControl({
      version: VERSION,
      serviceRelease: parts.serviceRelease,
      health: healthChecks({ ...parts, state: () => liveInstance.current.state }),
      instance: () => liveInstance.current,
      limits: { throttles, quotas, denyRules },
      reset: (wanted) => liveInstance.reset(wanted),
      snapshots,
      scenarios: { scenarios, journal, model: parts.served },
      recorder,
    });
  });
