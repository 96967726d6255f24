import type { HttpHandler, HttpResponse } from "../api/http.ts";
import { LimitError } from "../domain/limit-input.ts";
import type { State } from "../domain/state.ts";
import type { StorageTiers } from "../domain/storage-tiers.ts";
import type { Importer } from "../importer/importer.ts";
import { diskReasonOf } from "../storage/reasons.ts";
import { answer } from "./answer.ts";
import { ControlError } from "./control-error.ts";
import { answerLimits, type Limits } from "./limits.ts";
import type { Recorder } from "../report/recorder.ts";
import { answerReport, REPORT_PATHS } from "./report.ts";
import { find } from "./resources.ts";
import { answerReset, type Reset } from "./reset.ts";
import { answerSnapshots, SNAPSHOT_ROUTES, type SnapshotParts } from "./snapshots.ts";
import { TIME_ROUTES, type TimeControl } from "./time-control.ts";
import { answerRequests, REQUEST_PATHS } from "./requests.ts";
import { answerScenarios, SCENARIO_PATHS, type ScenarioParts } from "./scenarios.ts";

/** How one part of the emulator is. */
export interface PartHealth {
  readonly status: "ok" | "error";
  /** What is wrong, or what is there. */
  readonly detail: string;
}

/** What a reset puts another in the place of. */
interface World {
  readonly state: State;
  readonly tiers: StorageTiers;
  readonly importer: Pick<Importer, "progressOf">;
  readonly time: Pick<TimeControl, "handle">;
}

interface Parts {
  readonly version: string;
  readonly health: Readonly<Record<"state" | "blobs" | "s3" | "codec", () => Promise<PartHealth>>>;
  /** The one that is served now. */
  readonly world: () => World;
  readonly limits: Omit<Limits, "state">;
  readonly reset: Reset;
  readonly snapshots: SnapshotParts;
  readonly scenarios: ScenarioParts;
  readonly recorder: Recorder;
}

/** Serves `/_local/*`: what only this emulator has. */
export function createControl(parts: Parts): HttpHandler {
  const route = createRoute(parts);
  return async (request) => {
    try {
      return await route(request);
    } catch (error) {
      if (error instanceof LimitError) return answer(400, { message: error.message });
      const reason = diskReasonOf(error);
      if (reason !== undefined)
        return answer(507, { message: `The data folder cannot be written to: ${reason}` });
      if (!(error instanceof ControlError)) throw error;
      return answer(error.status, { message: error.message, ...error.details });
    }
  };
}

function createRoute({
  version,
  health,
  world,
  limits,
  reset,
  snapshots,
  scenarios,
  recorder,
}: Parts): HttpHandler {
  return async (request) => {
    const { method, path } = request;
    const isRead = method === "GET" || method === "HEAD";
    if (path === "/_local/limits" && (isRead || method === "POST"))
      return answerLimits({ ...limits, state: world().state }, request);
    if (path === "/_local/reset" && method === "POST") return answerReset(reset, request);
    if (path === "/_local/report" && (isRead || method === "DELETE")) return answerReport(recorder, request);
    const special =
      (await world().time.handle(request)) ??
      (await answerSnapshots(snapshots, request)) ??
      (await answerScenarios(scenarios, request)) ??
      (await answerRequests(scenarios.journal, request));
    if (special !== undefined) return special;
    if (!isRead) return notFound(method, path);
    if (path === "/_local/health") return answerHealth(version, health);
    const imageSetId = /^\/_local\/image-sets\/([0-9a-z]{32})$/.exec(path)?.[1];
    if (imageSetId !== undefined) return answerImageSet(world(), imageSetId) ?? notFound(method, path);
    const jobId = /^\/_local\/import-jobs\/([0-9a-z]{1,32})$/.exec(path)?.[1];
    return jobId === undefined ? notFound(method, path) : answerProgress(world(), jobId);
  };
}

/** How far a job is; null of one that is not IN_PROGRESS. @throws ControlError 404 */
function answerProgress({ state, importer }: World, jobId: string): HttpResponse {
  find(state, { kind: "importJob", id: jobId });
  return answer(200, importer.progressOf(jobId) ?? null);
}

/** What the 2024-05 API has no member for. */
function answerImageSet({ state, tiers }: World, imageSetId: string): HttpResponse | undefined {
  const imageSet = state.imageSets.get(imageSetId);
  if (imageSet === undefined) return undefined;
  const { storageTier, lastAccessedAt } = tiers.tierOf(imageSet);
  const { datastoreId } = imageSet;
  return answer(200, { datastoreId, imageSetId, storageTier, lastAccessedAt: new Date(lastAccessedAt) });
}

async function answerHealth(version: string, health: Parts["health"]): Promise<HttpResponse> {
  const entries = await Promise.all(
    Object.entries(health).map(async ([name, check]) => [name, await check()] as const),
  );
  const isOk = entries.every(([, { status }]) => status === "ok");
  const parts = Object.fromEntries(entries);
  return answer(isOk ? 200 : 503, { status: isOk ? "ok" : "error", version, parts });
}

const notFound = (method: string, path: string): HttpResponse =>
  answer(404, {
    message: `Nothing is at ${method} ${path}`,
    available: [
      "GET /_local/health",
      "GET /_local/import-jobs/{jobId}",
      "GET /_local/image-sets/{imageSetId}",
      "GET /_local/limits",
      "POST /_local/limits",
      "POST /_local/reset",
      ...SNAPSHOT_ROUTES,
      ...TIME_ROUTES,
      ...SCENARIO_PATHS,
      ...REQUEST_PATHS,
      ...REPORT_PATHS,
    ],
  });
