import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { CopyImageSet } from "./actions/CopyImageSet.ts";
import { CreateDatastore } from "./actions/CreateDatastore.ts";
import { DeleteDatastore } from "./actions/DeleteDatastore.ts";
import { DeleteImageSet } from "./actions/DeleteImageSet.ts";
import { GetDatastore } from "./actions/GetDatastore.ts";
import { GetDICOMImportJob } from "./actions/GetDICOMImportJob.ts";
import { GetImageFrame } from "./actions/GetImageFrame.ts";
import { GetImageSet } from "./actions/GetImageSet.ts";
import { GetImageSetMetadata } from "./actions/GetImageSetMetadata.ts";
import { ListDatastores } from "./actions/ListDatastores.ts";
import { ListDICOMImportJobs } from "./actions/ListDICOMImportJobs.ts";
import { ListImageSetVersions } from "./actions/ListImageSetVersions.ts";
import { ListTagsForResource } from "./actions/ListTagsForResource.ts";
import { SearchImageSets } from "./actions/SearchImageSets.ts";
import { StartDICOMImportJob } from "./actions/StartDICOMImportJob.ts";
import { TagResource } from "./actions/TagResource.ts";
import { UntagResource } from "./actions/UntagResource.ts";
import { UpdateImageSetMetadata } from "./actions/UpdateImageSetMetadata.ts";
import type { Scope } from "./api/arns.ts";
import type { HttpHandler } from "./api/http.ts";
import { withDicomweb } from "./api/dicomweb-model.ts";
import { model } from "./api/model.ts";
import { createControl, type PartHealth } from "./control/control.ts";
import type { BucketOwner } from "./domain/bucket-owner.ts";
import { ClientTokens } from "./domain/client-tokens.ts";
import type { Clock } from "./domain/clock.ts";
import { Datastores } from "./domain/datastores.ts";
import { Denials } from "./domain/denials.ts";
import { DEFAULT_DURATIONS, type Durations } from "./domain/durations.ts";
import { EmulatorClock } from "./domain/emulator-clock.ts";
import { ImageSetCopies } from "./domain/image-set-copies.ts";
import { ImageSetDeletions } from "./domain/image-set-deletions.ts";
import { ImageSetUpdates } from "./domain/image-set-updates.ts";
import { ImageSets } from "./domain/image-sets.ts";
import { ImportJobs } from "./domain/import-jobs.ts";
import { LockedWork } from "./domain/locked-work.ts";
import type { Log } from "./domain/log.ts";
import { MetadataDocuments } from "./domain/metadata-documents.ts";
import { Quotas, type QuotaChanges } from "./domain/quotas.ts";
import { StorageTiers } from "./domain/storage-tiers.ts";
import { Tags } from "./domain/tags.ts";
import { Throttles } from "./domain/throttles.ts";
import type { Throttling } from "./domain/throttling.ts";
import { GetDICOMInstance } from "./dicomweb/GetDICOMInstance.ts";
import { createAdmit } from "./gateway/admit.ts";
import { withCors } from "./gateway/cors.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createMedicalImaging, type Actions } from "./gateway/medical-imaging.ts";
import { createRouter } from "./gateway/route.ts";
import { Importer } from "./importer/importer.ts";
import { WorkerPool } from "./importer/worker-pool.ts";
import { locateCodec } from "./pixels/codec.ts";
import { createFileGate, createIntercept } from "./scenario/intercept.ts";
import { Journal } from "./scenario/journal.ts";
import { loadScenario } from "./scenario/load-scenario.ts";
import { Scenarios } from "./scenario/scenarios.ts";
import { FolderBuckets } from "./s3/folder-buckets.ts";
import { createS3Front } from "./s3/rest.ts";
import { openStorage, type Storage } from "./storage/open-storage.ts";
import packageJson from "../package.json" with { type: "json" };

export const VERSION = packageJson.version;

/** Everything that can be chosen; what is left out has the default of the server, but for throttling. */
export interface ComposeOptions {
  /** The folder to keep everything in; left out, memory and a temporary folder. */
  readonly data?: string | undefined;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly durations?: Partial<Durations>;
  /** Whom unsigned requests, and keys that are no account, belong to. */
  readonly defaults?: Partial<Scope>;
  /** Origins of pages that may read answers, besides those of this machine; `*` is every one. */
  readonly cors?: readonly string[];
  /** How often actions may be called: `off` where left out, so that a test is not held up. */
  readonly throttling?: Throttling;
  /** Quotas that are not AWS's, by AWS's name: `{"Maximum data stores": 100}`. */
  readonly quotas?: QuotaChanges;
  /** Actions to refuse with AccessDeniedException: `medical-imaging:Get*`, for one key `KEY=...`. */
  readonly deny?: readonly string[];
  /** Of threads that import files; as many as the machine has cores, at most 8, where left out. */
  readonly workers?: number;
  /** Of buckets that are not the importing account's own, in its own region. */
  readonly bucketOwners?: Readonly<Record<string, BucketOwner>>;
  /** Scenarios to begin with, active: names of presets, or files. */
  readonly scenarios?: readonly string[];
}

/** An emulator without a socket: the gateway, and how to end it. */
export interface Composed {
  readonly handle: HttpHandler;
  /** Takes up what a stop of the process cut off: once this emulator is the one that serves. */
  readonly resume: () => void;
  readonly close: () => Promise<void>;
}

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Builds every part and joins them. */
export async function compose(options: ComposeOptions = {}): Promise<Composed> {
  const { log = SILENT, clock = new EmulatorClock() } = options;
  const durations = { ...DEFAULT_DURATIONS, ...options.durations };
  const createId = (): string => randomBytes(16).toString("hex");
  const throttles = new Throttles({ clock, throttling: options.throttling ?? "off" });
  const denials = new Denials(options.deny ?? []);
  const quotas = new Quotas(options.quotas);
  const served = withDicomweb(model);
  const atStart = await Promise.all(
    (options.scenarios ?? []).map((name) => loadScenario(name, process.cwd(), served)),
  );
  const storage = await openStorage(options.data, log);
  const { state, blobs } = storage;
  const buckets = new FolderBuckets(join(storage.folder, "s3"));
  const workers = new WorkerPool(workerEntry(), options.workers ?? Math.min(availableParallelism(), 8));

  const datastores = new Datastores({ state, clock, createId, durations, quotas });
  const importJobs = new ImportJobs({ state, clock, createId, datastores, quotas });
  const imageSets = new ImageSets({ state, clock, datastores });
  const documents = new MetadataDocuments({ state, blobs, quotas });
  const work = new LockedWork({ clock, durations, log });
  const deletions = new ImageSetDeletions({ state, clock, imageSets, work, blobs, log, quotas });
  const updates = new ImageSetUpdates({ state, clock, imageSets, documents, work, quotas, log });
  const copies = new ImageSetCopies({ state, clock, createId, imageSets, documents, work, quotas, log });
  const clientTokens = new ClientTokens({ state, clock });
  const tiers = new StorageTiers({ clock });
  const tags = new Tags({ state, datastores, imageSets });
  const journal = new Journal(clock);
  const scenarios = new Scenarios({ state, clock, journal, log });
  for (const scenario of atStart) {
    scenarios.put(scenario);
    scenarios.activate(scenario);
  }
  const importer = new Importer({
    failFile: createFileGate({ scenarios, state }),
    state,
    clock,
    durations,
    log,
    createId,
    blobs,
    workers,
    importJobs,
    imageSets,
    objects: buckets,
    bucketOwners: new Map(Object.entries(options.bucketOwners ?? {})),
    quotas,
  });

  const actions: Actions = new Map(
    Object.entries({
      CopyImageSet: CopyImageSet({ datastores, copies, tiers }),
      CreateDatastore: CreateDatastore({ datastores, clientTokens }),
      DeleteDatastore: DeleteDatastore({ datastores }),
      DeleteImageSet: DeleteImageSet({ deletions }),
      GetDICOMImportJob: GetDICOMImportJob({ importJobs }),
      GetDICOMInstance: GetDICOMInstance({ imageSets, blobs, tiers }),
      GetDatastore: GetDatastore({ datastores }),
      GetImageFrame: GetImageFrame({ imageSets, blobs, tiers }),
      GetImageSet: GetImageSet({ datastores, imageSets }),
      GetImageSetMetadata: GetImageSetMetadata({ imageSets, blobs, tiers }),
      ListDICOMImportJobs: ListDICOMImportJobs({ importJobs }),
      ListDatastores: ListDatastores({ datastores }),
      ListImageSetVersions: ListImageSetVersions({ imageSets }),
      ListTagsForResource: ListTagsForResource({ tags }),
      SearchImageSets: SearchImageSets({ imageSets }),
      StartDICOMImportJob: StartDICOMImportJob({ importJobs, importer, clientTokens }),
      TagResource: TagResource({ tags }),
      UntagResource: UntagResource({ tags }),
      UpdateImageSetMetadata: UpdateImageSetMetadata({ updates, tiers }),
    }),
  );
  const handle = createGateway({
    route: createRouter(served),
    admit: createAdmit({ denials, throttles }),
    medicalImaging: createMedicalImaging({ model: served, actions, state, log }),
    intercept: createIntercept({ scenarios, journal, state, imageSets, blobs, clock, log }),
    s3: createS3Front({ buckets, clock, report: (error) => log.error("an S3 request failed", error) }),
    control: createControl({
      version: VERSION,
      health: healthChecks(storage, buckets, workers),
      importer,
      imageSets: { state, tiers },
      limits: { throttles, quotas, denials, state },
      scenarios: { scenarios, journal, model: served },
    }),
    log,
    defaults: { account: "000000000000", region: "us-east-1", ...options.defaults },
  });
  const resume = (): void => {
    datastores.resume();
    deletions.resume();
    updates.resume();
    copies.resume();
    importer.resume();
  };
  const close = async (): Promise<void> => {
    datastores.stop();
    await work.stop();
    await importer.stop();
    await storage.close();
  };
  return { handle: withCors(handle, options.cors ?? []), resume, close };
}

/** In a bundle the worker is a file beside this one. */
function workerEntry(): URL {
  const entry = import.meta.url.endsWith(".ts") ? "./importer/worker.ts" : "./worker.js";
  return new URL(entry, import.meta.url);
}

function healthChecks(
  { state, folder, check }: Storage,
  buckets: FolderBuckets,
  workers: WorkerPool,
): Readonly<Record<"state" | "blobs" | "s3" | "codec", () => Promise<PartHealth>>> {
  const report = async (probe: () => Promise<string>): Promise<PartHealth> => {
    try {
      return { status: "ok", detail: await probe() };
    } catch (error) {
      return { status: "error", detail: error instanceof Error ? error.message : String(error) };
    }
  };
  return {
    state: () => report(() => check().then(() => `${[...state.datastores.values()].length} data stores`)),
    blobs: () => report(() => check().then(() => `in ${folder}`)),
    s3: () => report(async () => `${(await buckets.listBuckets()).length} buckets`),
    codec: () =>
      report(async () => `${workers.workers} of ${workers.size} workers started, ${locateCodec()}`),
  };
}
