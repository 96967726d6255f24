import { errorMessage } from "../api/error-message.ts";
import type { HealthChecks, PartHealth } from "../local/control/handlers/health-handlers.ts";
import type { State } from "../domain/state.ts";
import type { PoolClient } from "../importer/workers/worker-pool.ts";
import { locateCodecs } from "../imaging/pixels/codecs/locate-codecs.ts";
import type { FolderBuckets } from "../aws/s3/folder-buckets.ts";
import { MultipartUploads } from "../aws/s3/multipart-uploads.ts";
import type { Storage } from "../storage/storage.ts";

interface HealthChecksDependencies {
  readonly storage: Storage;
  /** The current state. */
  readonly state: () => State;
  readonly buckets: FolderBuckets;
  /** Workers of the process's shared pool that this emulator may use. */
  readonly workers: PoolClient;
}

/** The health checks of each part. */
export function healthChecks({
  storage: { folder, check },
  state,
  buckets,
  workers,
}: HealthChecksDependencies): HealthChecks {
  return {
    state: () => report(() => check().then(() => `${[...state().datastores.values()].length} data stores`)),
    blobs: () => report(() => check().then(() => `in ${folder}`)),
    s3: () =>
      report(async () => {
        const { length } = await buckets.listBuckets();
        return `${length} buckets, ${buckets.uploads.size} of at most ${MultipartUploads.MAX} multipart uploads`;
      }),
    codec: () =>
      report(
        async () => `${workers.workers} of ${workers.size} workers started, ${locateCodecs().join(", ")}`,
      ),
  };
}

async function report(probe: () => Promise<string>): Promise<PartHealth> {
  try {
    return { status: "ok", detail: await probe() };
  } catch (error) {
    return { status: "error", detail: errorMessage(error) };
  }
}
