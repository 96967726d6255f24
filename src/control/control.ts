import type { HttpHandler, HttpResponse } from "../api/http.ts";
import type { State } from "../domain/state.ts";
import type { StorageTiers } from "../domain/storage-tiers.ts";
import type { Importer } from "../importer/importer.ts";
import { answer } from "./answer.ts";
import { answerLimits, type Limits } from "./limits.ts";
import { answerRequests, REQUEST_PATHS } from "./requests.ts";
import { answerScenarios, SCENARIO_PATHS, type ScenarioParts } from "./scenarios.ts";

/** How one part of the emulator is. */
export interface PartHealth {
  readonly status: "ok" | "error";
  /** What is wrong, or what is there. */
  readonly detail: string;
}

interface Parts {
  readonly version: string;
  readonly health: Readonly<Record<"state" | "blobs" | "s3" | "codec", () => Promise<PartHealth>>>;
  readonly importer: Pick<Importer, "progressOf">;
  readonly imageSets: { readonly state: Pick<State, "imageSets">; readonly tiers: StorageTiers };
  readonly limits: Limits;
  readonly scenarios: ScenarioParts;
}

/** Serves `/_local/*`: what only this emulator has. */
export function createControl({
  version,
  health,
  importer,
  imageSets,
  limits,
  scenarios,
}: Parts): HttpHandler {
  return async (request) => {
    const { method, path } = request;
    const isRead = method === "GET" || method === "HEAD";
    if (path === "/_local/limits" && (isRead || method === "POST")) return answerLimits(limits, request);
    const special =
      (await answerScenarios(scenarios, request)) ?? (await answerRequests(scenarios.journal, request));
    if (special !== undefined) return special;
    if (!isRead) return notFound(method, path);
    if (path === "/_local/health") return answerHealth(version, health);
    const imageSetId = /^\/_local\/image-sets\/([0-9a-z]{32})$/.exec(path)?.[1];
    if (imageSetId !== undefined) return answerImageSet(imageSets, imageSetId) ?? notFound(method, path);
    const jobId = /^\/_local\/import-jobs\/([0-9a-z]{1,32})$/.exec(path)?.[1];
    return jobId === undefined ? notFound(method, path) : answer(200, importer.progressOf(jobId) ?? null);
  };
}

/** What the 2024-05 API has no member for. */
function answerImageSet({ state, tiers }: Parts["imageSets"], imageSetId: string): HttpResponse | undefined {
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
      ...SCENARIO_PATHS,
      ...REQUEST_PATHS,
    ],
  });
