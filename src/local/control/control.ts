import type { ServiceRelease } from "../../api/releases/service-release.ts";
import type { HttpHandler } from "../../api/http.ts";
import { statusesOf } from "../../domain/resource.ts";
import type { State } from "../../domain/state.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { Importer } from "../../importer/importer.ts";
import type { Recorder } from "../report/recorder.ts";
import { clockHandlers } from "./handlers/clock-handlers.ts";
import { describeApi, CONTROL_ROUTES } from "./routes/control-routes.ts";
import { durationHandlers } from "./handlers/duration-handlers.ts";
import { ok } from "./handler.ts";
import { healthHandlers, type HealthChecks } from "./handlers/health-handlers.ts";
import { holdHandlers } from "./handlers/hold-handlers.ts";
import { journalHandlers } from "./handlers/journal-handlers.ts";
import { limitHandlers } from "./handlers/limit-handlers.ts";
import { readWait } from "./read-wait.ts";
import { reportHandlers } from "./handlers/report-handlers.ts";
import { resetHandlers } from "./handlers/reset-handlers.ts";
import { statusHandlers } from "./handlers/status-handlers.ts";
import { createControlRouter } from "./control-router.ts";
import { activationHandlers, scenarioHandlers, type ScenarioParts } from "./handlers/scenario-handlers.ts";
import { snapshotHandlers, type SnapshotParts } from "./handlers/snapshot-handlers.ts";
import type { TimeControl } from "./time-control.ts";

/** The parts of an instance that the control API uses. A reset replaces the instance. */
interface Instance {
  readonly state: State;
  readonly tiers: StorageTiers;
  readonly importer: Pick<Importer, "progressOf">;
  readonly time: TimeControl;
}

interface ControlDependencies {
  readonly version: string;
  readonly serviceRelease: ServiceRelease;
  readonly health: HealthChecks;
  /** The current instance. */
  readonly instance: () => Instance;
  readonly limits: Omit<Parameters<typeof limitHandlers>[0], "state">;
  readonly reset: Parameters<typeof resetHandlers>[0];
  readonly snapshots: SnapshotParts;
  readonly scenarios: ScenarioParts;
  readonly recorder: Recorder;
}

/** Serves `/_local/*`, the emulator's own API. */
export function createControl(parts: ControlDependencies): HttpHandler {
  const { version, serviceRelease, instance, scenarios } = parts;
  const statuses = statusesOf(scenarios.model);
  const time = (): TimeControl => instance().time;
  return createControlRouter({
    readIndex: () => ok({ version, openapi: CONTROL_ROUTES.readOpenApi.path, routes: listRoutes() }),
    readOpenApi: () => ok(describeApi(CONTROL_ROUTES, version, statuses)),
    wait: ({ query, request }) => time().waits.wait(readWait(statuses, query), request.whenGone),
    ...healthHandlers({ version, serviceRelease, checks: parts.health, instance }),
    ...clockHandlers(() => time().moves),
    ...durationHandlers(() => time().durations),
    ...statusHandlers(statuses, time),
    ...holdHandlers(statuses, time),
    ...limitHandlers({ ...parts.limits, state: () => instance().state }),
    ...resetHandlers(parts.reset),
    ...snapshotHandlers(parts.snapshots),
    ...scenarioHandlers(scenarios),
    ...activationHandlers(scenarios),
    ...journalHandlers(scenarios.journal),
    ...reportHandlers(parts.recorder),
  });
}

const listRoutes = () =>
  Object.values(CONTROL_ROUTES).map(({ method, path, summary }) => ({ method, path, summary }));
