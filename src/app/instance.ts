import type { ActivityStream } from "../aws/activity/activity-stream.ts";
import type { ChangeableDurations } from "../local/control/handlers/duration-handlers.ts";
import { createTimeControl, type TimeControl } from "../local/control/time-control.ts";
import { ClientTokens } from "../domain/client-tokens.ts";
import type { BucketOwners } from "../domain/import-jobs/bucket-owner.ts";
import { ChecksumLearner } from "../domain/image-sets/checksum-learner.ts";
import type { Clock } from "../domain/time/clock.ts";
import { Datastores } from "../domain/datastores/datastores.ts";
import { dropDatastore } from "../domain/datastores/drop-datastore.ts";
import { EndingClock } from "../domain/time/ending-clock.ts";
import { Holds } from "../domain/time/holds.ts";
import type { CreateId } from "../domain/ids.ts";
import { ImageSetCopies } from "../domain/image-sets/image-set-copies.ts";
import { ImageSetDeletions } from "../domain/image-sets/image-set-deletions.ts";
import { ImageSetStateOverrides } from "../domain/image-sets/image-set-state-overrides.ts";
import { ImageSetUpdates } from "../domain/image-sets/image-set-updates.ts";
import { ImageSets } from "../domain/image-sets/image-sets.ts";
import { ImportJobs } from "../domain/import-jobs/import-jobs.ts";
import { LockedWork } from "../domain/image-sets/locked-work.ts";
import type { Log } from "../domain/log.ts";
import { MetadataDocuments } from "../domain/image-sets/metadata/metadata-documents.ts";
import type { ObjectStore } from "../domain/objects.ts";
import type { Quotas } from "../domain/limits/quotas.ts";
import type { State } from "../domain/state.ts";
import { RepeatedImports } from "../domain/import-jobs/repeated-imports.ts";
import { Retention } from "../domain/time/retention.ts";
import { StorageTiers } from "../domain/image-sets/storage-tiers.ts";
import { Tags } from "../domain/tags.ts";
import { Transitions } from "../domain/time/transitions.ts";
import type { OperationContext } from "../healthimaging/http/medical-imaging.ts";
import type { ByteBudget } from "../importer/workers/import-memory.ts";
import { Importer } from "../importer/importer.ts";
import { JobStateOverrides } from "../importer/job-state-overrides.ts";
import type { PoolClient } from "../importer/workers/worker-pool.ts";
import type { FrameContainer } from "../imaging/pixels/htj2k/frame-container.ts";
import { createFileGate } from "../local/scenarios/scenario-intercept.ts";
import { createManifestGate, createTransitionRule } from "../local/scenarios/lifecycle.ts";
import type { Scenarios } from "../local/scenarios/scenarios.ts";
import type { Generation } from "../storage/generation.ts";
import { createActions } from "./create-actions.ts";
import { RunningRequests } from "./running-requests.ts";

/** The parts that an instance is built from; they outlive it. */
export interface SharedParts {
  readonly activity: ActivityStream;
  readonly clock: Clock;
  readonly log: Log;
  readonly createId: CreateId;
  /** As they are now: a request may change them. */
  readonly durations: ChangeableDurations;
  readonly quotas: Quotas;
  readonly workers: PoolClient;
  readonly fileBudget: ByteBudget;
  readonly scenarios: Scenarios;
  readonly objects: ObjectStore;
  readonly bucketOwners: BucketOwners;
  readonly frameContainer: FrameContainer;
}

/** Everything that a reset throws away: what is kept in a generation, and the parts that are bound to it. */
export class Instance {
  readonly generation: Generation;
  readonly blobs: ChecksumLearner;
  readonly imageSets: ImageSets;
  readonly importer: Importer;
  readonly tiers: StorageTiers;
  readonly repeatedImports: RepeatedImports;
  readonly context: OperationContext;
  readonly requests = new RunningRequests();
  readonly time: TimeControl;
  readonly #clock: EndingClock;
  readonly #transitions: Transitions;
  readonly #datastores: Datastores;
  readonly #work: LockedWork;
  readonly #holds: Holds;
  readonly #resume: () => void;
  readonly #forgetScenarios: () => void;

  constructor(sharedParts: SharedParts, generation: Generation) {
    const { state } = generation;
    const clock = new EndingClock(sharedParts.clock);
    const blobs = new ChecksumLearner({ state, blobs: generation.blobs, clock });
    const transitions = new Transitions({ ...sharedParts, clock });
    const shared = { ...sharedParts, clock, state, blobs, transitions };
    const { jobRecords } = generation;
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
    const { scenarios } = sharedParts;
    const failFile = createFileGate({ scenarios, state });
    const delayManifest = createManifestGate({ scenarios, state });
    const repeatedImports = new RepeatedImports(shared);
    const onImported = repeatedImports.jobImported.bind(repeatedImports);
    const gates = { failFile, delayManifest, onImported };
    const importer = new Importer({ ...shared, ...gates, jobRecords, importJobs, imageSets });
    sharedParts.activity.follow(state, (jobId) => importer.filesOf(jobId));
    const domain = {
      datastores,
      importJobs,
      repeatedImports,
      imageSets,
      deletions,
      updates,
      copies,
      clientTokens,
      tags,
    };
    this.generation = generation;
    this.imageSets = imageSets;
    this.importer = importer;
    this.tiers = tiers;
    this.repeatedImports = repeatedImports;
    const { frameContainer } = sharedParts;
    this.context = { actions: createActions({ ...domain, tiers, blobs, importer, frameContainer }), state };
    const retention = new Retention(shared);
    const imageSetPushes = new ImageSetStateOverrides({ ...workflows, deletions });
    const jobPushes = new JobStateOverrides({ importJobs, importer, transitions });
    const holds = new Holds(transitions);
    const reevaluate = (): void => transitions.reevaluate();
    transitions.addRule(createTransitionRule({ scenarios, state, clock, reevaluate }));
    this.#forgetScenarios = scenarios.watch(reevaluate);
    // Instances share one clock.
    const controlled = {
      state,
      clock: sharedParts.clock,
      transitions,
      durations: sharedParts.durations,
      holds,
    };
    this.time = createTimeControl({ ...controlled, datastores, imageSetPushes, jobPushes });
    this.blobs = blobs;
    this.#clock = clock;
    this.#transitions = transitions;
    this.#datastores = datastores;
    this.#work = work;
    this.#holds = holds;
    this.#resume = () => {
      for (const part of [datastores, deletions, updates, copies, imageSetPushes, retention, importer])
        part.resume();
    };
  }

  get state(): State {
    return this.generation.state;
  }

  /** Takes up what a stop of the process cut off. */
  resume(): void {
    this.#resume();
  }

  /** Stops all work at once. Resolves once in-flight work has drained. */
  async end(): Promise<void> {
    const cancelled = this.importer.giveUpAll();
    await Promise.all([cancelled, this.stop()]);
  }

  /** Leaves the state as it is: in-flight work is resumed at the next start. */
  async stop(): Promise<void> {
    this.#clock.end();
    this.time.stop();
    this.#forgetScenarios();
    this.#transitions.stop();
    await Promise.all([this.#work.stop(), this.importer.stop()]);
    this.blobs.keep();
  }

  /** Resolves once the requests that are in flight now have ended. */
  quiet(): Promise<void> {
    return this.requests.quiet();
  }

  /** Throws away what belongs to an account, at once. */
  dropAccount(account: string): Dropped {
    const { state } = this;
    const datastoreIds = this.#datastores.ofAccount(account);
    const jobIds = datastoreIds.flatMap((id) =>
      [...state.importJobs.inDatastore(id)].map((job) => job.jobId),
    );
    const imageSetIds = datastoreIds.flatMap((id) =>
      [...state.imageSets.inDatastore(id)].map((imageSet) => imageSet.imageSetId),
    );
    const underWay = new Set(this.importer.jobIds);
    const cancelledJobs = jobIds.filter((jobId) => underWay.has(jobId)).length;
    this.#datastores.cancel(datastoreIds);
    const ended = [this.importer.giveUp(jobIds), this.#work.cancel(imageSetIds), this.quiet()];
    this.tiers.forget(imageSetIds);
    this.#holds.forget("datastore", datastoreIds);
    this.#holds.forget("importJob", jobIds);
    this.#holds.forget("imageSet", imageSetIds);
    state.update((change) => {
      for (const datastoreId of datastoreIds) dropDatastore(change, datastoreId);
    });
    return { datastoreIds, cancelledJobs, ended: Promise.all(ended).then(() => {}) };
  }
}

/** What a reset of an account removed. */
export interface Dropped {
  readonly datastoreIds: readonly string[];
  readonly cancelledJobs: number;
  /** Resolves once its files are no longer read or written. */
  readonly ended: Promise<void>;
}
