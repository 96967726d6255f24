import { ClientTokens } from "../domain/client-tokens.ts";
import type { BucketOwners } from "../domain/bucket-owner.ts";
import type { Clock } from "../domain/clock.ts";
import { Datastores } from "../domain/datastores.ts";
import type { Durations } from "../domain/durations.ts";
import type { CreateId } from "../domain/ids.ts";
import { ImageSetCopies } from "../domain/image-set-copies.ts";
import { ImageSetDeletions } from "../domain/image-set-deletions.ts";
import { ImageSetUpdates } from "../domain/image-set-updates.ts";
import { ImageSets } from "../domain/image-sets.ts";
import { ImportJobs } from "../domain/import-jobs.ts";
import { LockedWork } from "../domain/locked-work.ts";
import { logJobs } from "../domain/job-log.ts";
import type { Log } from "../domain/log.ts";
import { MetadataDocuments } from "../domain/metadata-documents.ts";
import type { ObjectStore } from "../domain/objects.ts";
import type { Quotas } from "../domain/quotas.ts";
import type { State } from "../domain/state.ts";
import { StorageTiers } from "../domain/storage-tiers.ts";
import { Tags } from "../domain/tags.ts";
import type { Actions } from "../gateway/medical-imaging.ts";
import { Importer } from "../importer/importer.ts";
import type { WorkerPool } from "../importer/worker-pool.ts";
import type { Storage } from "../storage/open-storage.ts";
import { createActions } from "./actions.ts";

/** What a world is built from: it lasts when a world ends. */
export interface Lasting {
  readonly clock: Clock;
  readonly log: Log;
  readonly createId: CreateId;
  readonly durations: Durations;
  readonly quotas: Quotas;
  readonly workers: WorkerPool;
  readonly objects: ObjectStore;
  readonly bucketOwners: BucketOwners;
}

/** Everything that a reset throws away: what is kept, and the parts that are bound to it. */
export interface World {
  readonly state: State;
  readonly actions: Actions;
  readonly importer: Importer;
  readonly tiers: StorageTiers;
  /** Takes up what a stop of the process cut off. */
  readonly resume: () => void;
  /** Lets nothing happen any more; resolves when nothing is being done. */
  readonly stop: () => Promise<void>;
}

export function createWorld(lasting: Lasting, { state, blobs }: Pick<Storage, "state" | "blobs">): World {
  const shared = { ...lasting, state, blobs };
  logJobs(state, lasting.log);
  const datastores = new Datastores(shared);
  const importJobs = new ImportJobs({ ...shared, datastores });
  const imageSets = new ImageSets({ ...shared, datastores });
  const documents = new MetadataDocuments(shared);
  const work = new LockedWork(shared);
  const workflows = { ...shared, imageSets, documents, work };
  const deletions = new ImageSetDeletions(workflows);
  const updates = new ImageSetUpdates(workflows);
  const copies = new ImageSetCopies(workflows);
  const clientTokens = new ClientTokens(shared);
  const tiers = new StorageTiers(shared);
  const tags = new Tags({ state, datastores, imageSets });
  const importer = new Importer({ ...shared, importJobs, imageSets });
  const domain = { datastores, importJobs, imageSets, deletions, updates, copies, clientTokens, tiers, tags };
  return {
    state,
    actions: createActions({ ...domain, blobs, importer }),
    importer,
    tiers,
    resume: () => {
      for (const part of [datastores, deletions, updates, copies, importer]) part.resume();
    },
    stop: async () => {
      datastores.stop();
      await work.stop();
      await importer.stop();
    },
  };
}
