import { LocalError } from "../../../api/local-errors.ts";
import type { ServiceRelease } from "../../../api/releases/service-release.ts";
import type { State } from "../../../domain/state.ts";
import type { StorageTiers } from "../../../domain/image-sets/storage-tiers.ts";
import type { Importer } from "../../../importer/importer.ts";
import { ok, type Handlers } from "../handler.ts";
import { find } from "./status-handlers.ts";

/** The health of one part of the emulator. */
export interface PartHealth {
  readonly status: "ok" | "error";
  /** What is wrong, or what the part contains. */
  readonly detail: string;
}

export type HealthChecks = Readonly<Record<"state" | "blobs" | "s3" | "codec", () => Promise<PartHealth>>>;

interface Instance {
  readonly state: State;
  readonly tiers: StorageTiers;
  readonly importer: Pick<Importer, "progressOf">;
}

interface HealthHandlersDependencies {
  readonly version: string;
  readonly serviceRelease: ServiceRelease;
  readonly checks: HealthChecks;
  readonly instance: () => Instance;
}

/** Health, and what the API of May 2024 has no member for. */
export const healthHandlers = ({
  version,
  serviceRelease,
  checks,
  instance,
}: HealthHandlersDependencies): Handlers<"readHealth" | "readProgress" | "readImageSet"> => ({
  readHealth: async () => {
    const entries = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await check()] as const),
    );
    const isOk = entries.every(([, { status }]) => status === "ok");
    const parts = Object.fromEntries(entries);
    return isOk
      ? ok({ status: "ok", version, serviceRelease, parts })
      : { status: 503, body: { status: "error", version, serviceRelease, parts } };
  },
  readProgress: ({ params: { jobId } }) => {
    const { state, importer } = instance();
    find(state, { kind: "importJob", id: jobId });
    return ok(importer.progressOf(jobId) ?? null);
  },
  readImageSet: ({ params: { imageSetId } }) => {
    const { state, tiers } = instance();
    const imageSet = state.imageSets.get(imageSetId);
    if (imageSet === undefined)
      throw new LocalError("ResourceNotFound", `imageSet/${imageSetId} does not exist`);
    const { storageTier, lastAccessedAt } = tiers.tierOf(imageSet);
    const { datastoreId } = imageSet;
    return ok({
      datastoreId,
      imageSetId,
      storageTier,
      lastAccessedAt: new Date(lastAccessedAt).toISOString(),
    });
  },
});
