import { join } from "node:path";
import type { ExternalObjects } from "../aws/s3/external-objects.ts";
import type { ExternalS3 } from "../aws/s3/external-s3-options.ts";
import { FallbackObjectStore } from "../aws/s3/fallback-object-store.ts";
import { FolderBuckets } from "../aws/s3/folder-buckets.ts";
import { DecoderPool } from "../importer/decoding/decoder-pool.ts";
import { ByteBudget } from "../importer/workers/import-memory.ts";
import { WorkerPool } from "../importer/workers/worker-pool.ts";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import type { ComposeOptions } from "./compose-options.ts";
import type { OpenedParts } from "./opened-parts.ts";
import type { CheckedOptions } from "./read-options.ts";

/** Bytes of files that are imported at once; a larger file is imported alone. */
const MAX_FILE_BYTES_AT_ONCE = 512 * 2 ** 20;

/**
 * One pool each for all emulators of the process; no worker starts before the first sign of work. Each copy of
 * this module has its own pool: a test runner that loads modules again does so in another thread, process or
 * context, where globalThis differs too.
 */
const worker = workerEntry();
const workerPool = new WorkerPool(worker);
const decoders = new DecoderPool(worker);

export type OpenedResources = Awaited<ReturnType<typeof openResources>>;

/** Opens the data folder, the buckets and the workers. Each is added to `opened` as soon as it is open. */
export async function openResources(options: ComposeOptions, checked: CheckedOptions, opened: OpenedParts) {
  const storage = await openStorage(options.data, checked.log, {
    adoptData: options.adoptData === true,
    serviceRelease: checked.serviceRelease,
  });
  opened.add(() => storage.close());
  const objectStores = await openObjectStores(storage, options, checked, opened);
  const imports = acquireWorkers(storage, checked, opened);
  return { storage, decoders, ...objectStores, ...imports };
}

async function openObjectStores(
  storage: Storage,
  options: ComposeOptions,
  { clock, log }: CheckedOptions,
  opened: OpenedParts,
) {
  const bucketsFolder = join(storage.folder, "s3");
  const buckets = new FolderBuckets(bucketsFolder, clock, (message) => log.warn(message));
  opened.add(() => buckets.uploads.stop());
  const external = await openExternal(options.externalS3);
  opened.add(() => external?.close());
  const objects = external === undefined ? buckets : new FallbackObjectStore(buckets, external);
  return { bucketsFolder, buckets, external, objects };
}

function acquireWorkers(
  { spoolFolder }: Storage,
  { maxWorkers, maxMemoryBytes }: CheckedOptions,
  opened: OpenedParts,
) {
  const workers = workerPool.acquire({ limit: maxWorkers, spoolFolder, maxMemoryBytes });
  opened.add(() => workers.close());
  const fileBudget = new ByteBudget(Math.min(MAX_FILE_BYTES_AT_ONCE, maxMemoryBytes / 4));
  return { workers, fileBudget };
}

/** The client of S3 is loaded only if another S3 is configured. */
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
