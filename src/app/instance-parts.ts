import type { Model } from "../api/model/model.ts";
import type { Behaviours } from "../api/releases/behaviours.ts";
import type { ActivityStream } from "../aws/activity/activity-stream.ts";
import { ClientTokens } from "../domain/client-tokens.ts";
import { Datastores } from "../domain/datastores/datastores.ts";
import type { CreateId } from "../domain/ids.ts";
import { ChecksumLearner } from "../domain/image-sets/checksum-learner.ts";
import { ImageSetCopies } from "../domain/image-sets/image-set-copies.ts";
import { ImageSetDeletions } from "../domain/image-sets/image-set-deletions.ts";
import { ImageSetStateOverrides } from "../domain/image-sets/image-set-state-overrides.ts";
import { ImageSetUpdates } from "../domain/image-sets/image-set-updates.ts";
import { ImageSets } from "../domain/image-sets/image-sets.ts";
import { LockedWork } from "../domain/image-sets/locked-work.ts";
import { MetadataDocuments } from "../domain/image-sets/metadata/metadata-documents.ts";
import { StorageTiers } from "../domain/image-sets/storage-tiers.ts";
import type { BucketOwners } from "../domain/import-jobs/bucket-owner.ts";
import { ImportJobs } from "../domain/import-jobs/import-jobs.ts";
import { RepeatedImports } from "../domain/import-jobs/repeated-imports.ts";
import type { Quotas } from "../domain/limits/quotas.ts";
import type { Log } from "../domain/log.ts";
import type { ObjectStore } from "../domain/objects.ts";
import { Tags } from "../domain/tags.ts";
import type { Clock } from "../domain/time/clock.ts";
import { EndingClock } from "../domain/time/ending-clock.ts";
import { Holds } from "../domain/time/holds.ts";
import { Retention } from "../domain/time/retention.ts";
import { Transitions } from "../domain/time/transitions.ts";
import type { FrameContainer } from "../imaging/pixels/htj2k/frame-container.ts";
import { ImageSetMerges } from "../importer/merges/image-set-merges.ts";
import { Importer } from "../importer/importer.ts";
import { JobStateOverrides } from "../importer/job-state-overrides.ts";
import type { FrameDecoder } from "../importer/decoding/decoder-pool.ts";
import type { ByteBudget } from "../importer/workers/import-memory.ts";
import type { PoolClient } from "../importer/workers/worker-pool.ts";
import type { ChangeableDurations } from "../local/control/handlers/duration-handlers.ts";
import { createTimeControl } from "../local/control/time-control.ts";
import { createManifestGate, createTransitionRule } from "../local/scenarios/lifecycle.ts";
import { createFileGate } from "../local/scenarios/scenario-intercept.ts";
import type { Scenarios } from "../local/scenarios/scenarios.ts";
import type { Generation } from "../storage/generation.ts";

/** The parts that an instance is built from; they outlive it. */
export interface SharedParts {
  readonly activity: ActivityStream;
  readonly clock: Clock;
  readonly log: Log;
  readonly createId: CreateId;
  /** The current values: a request may change them. */
  readonly durations: ChangeableDurations;
  readonly quotas: Quotas;
  readonly workers: PoolClient;
  readonly decoders: FrameDecoder;
  readonly fileBudget: ByteBudget;
  readonly scenarios: Scenarios;
  readonly objects: ObjectStore;
  readonly bucketOwners: BucketOwners;
  readonly frameContainer: FrameContainer;
  /** Of the served release. */
  readonly behaviours: Behaviours;
  readonly served: Model;
}

export type InstanceParts = ReturnType<typeof createInstanceParts>;
type Base = ReturnType<typeof bindToGeneration>;
type Resources = ReturnType<typeof createResources>;
type Workflows = ReturnType<typeof createWorkflows>;

/** Builds what an instance consists of, from the ground up: each step needs those before it. */
export function createInstanceParts(sharedParts: SharedParts, generation: Generation) {
  const base = bindToGeneration(sharedParts, generation);
  const resources = createResources(base);
  const workflows = createWorkflows({ ...base, ...resources });
  const imports = createImports({ ...base, ...resources, ...workflows });
  const built = { ...base, ...resources, ...workflows, ...imports };
  const retention = new Retention(base);
  const overrides = createStateOverrides(built);
  const holds = new Holds(base.transitions);
  // Instances share one clock: time control moves the shared clock, not the one that ends with its instance.
  const time = createTimeControl({ ...built, ...overrides, holds, clock: sharedParts.clock });
  return { ...built, ...overrides, retention, holds, time };
}

/** The clock, the blobs and the transitions of a generation; they end with its instance. */
function bindToGeneration(sharedParts: SharedParts, generation: Generation) {
  const { state, jobRecords } = generation;
  const clock = new EndingClock(sharedParts.clock);
  const blobs = new ChecksumLearner({ state, blobs: generation.blobs, clock });
  const transitions = new Transitions({ ...sharedParts, clock });
  return { ...sharedParts, clock, state, jobRecords, blobs, transitions };
}

function createResources(base: Base) {
  const datastores = new Datastores(base);
  const importJobs = new ImportJobs({ ...base, datastores });
  const imageSets = new ImageSets({ ...base, datastores });
  const tags = new Tags({ ...base, datastores, imageSets });
  const clientTokens = new ClientTokens(base);
  const tiers = new StorageTiers(base);
  return { datastores, importJobs, imageSets, tags, clientTokens, tiers };
}

/** Changes of image sets. A lock on each image set keeps them from overlapping. */
function createWorkflows(parts: Base & Resources) {
  const documents = new MetadataDocuments(parts);
  const work = new LockedWork(parts);
  const shared = { ...parts, documents, work };
  const deletions = new ImageSetDeletions(shared);
  const updates = new ImageSetUpdates(shared);
  const copies = new ImageSetCopies(shared);
  return { documents, work, deletions, updates, copies };
}

function createImports(parts: Base & Resources & Workflows) {
  const repeatedImports = new RepeatedImports(parts);
  const importer = new Importer({
    ...parts,
    merges: parts.behaviours.importMerges ? new ImageSetMerges(parts) : undefined,
    failFile: createFileGate(parts),
    delayManifest: createManifestGate(parts),
    onImported: repeatedImports.jobImported.bind(repeatedImports),
  });
  parts.activity.follow(parts.state, (jobId) => importer.filesOf(jobId));
  return { repeatedImports, importer };
}

/** States that are set by hand or by a scenario. */
function createStateOverrides(parts: Base & Resources & Workflows & { readonly importer: Importer }) {
  const { scenarios, transitions } = parts;
  const reevaluate = (): void => transitions.reevaluate();
  transitions.addRule(createTransitionRule({ ...parts, reevaluate }));
  return {
    imageSetOverrides: new ImageSetStateOverrides(parts),
    jobOverrides: new JobStateOverrides(parts),
    forgetScenarios: scenarios.watch(reevaluate),
  };
}
