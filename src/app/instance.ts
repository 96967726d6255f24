import type { ChecksumLearner } from "../domain/image-sets/checksum-learner.ts";
import type { ImageSets } from "../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../domain/image-sets/storage-tiers.ts";
import { dropDatastore } from "../domain/datastores/drop-datastore.ts";
import type { RepeatedImports } from "../domain/import-jobs/repeated-imports.ts";
import type { State } from "../domain/state.ts";
import type { OperationContext } from "../healthimaging/http/medical-imaging.ts";
import type { Importer } from "../importer/importer.ts";
import type { TimeControl } from "../local/control/time-control.ts";
import type { Generation } from "../storage/generation.ts";
import { createActions } from "./create-actions.ts";
import { createInstanceParts, type InstanceParts, type SharedParts } from "./instance-parts.ts";
import { RunningRequests } from "./running-requests.ts";

/** Everything that a reset discards: the data of a generation, and the parts that are bound to it. */
export class Instance {
  readonly generation: Generation;
  readonly requests = new RunningRequests();
  readonly context: OperationContext;
  readonly #parts: InstanceParts;

  constructor(sharedParts: SharedParts, generation: Generation) {
    this.generation = generation;
    this.#parts = createInstanceParts(sharedParts, generation);
    this.context = { actions: createActions(this.#parts), state: generation.state };
  }

  get state(): State {
    return this.generation.state;
  }

  get blobs(): ChecksumLearner {
    return this.#parts.blobs;
  }

  get imageSets(): ImageSets {
    return this.#parts.imageSets;
  }

  get importer(): Importer {
    return this.#parts.importer;
  }

  get tiers(): StorageTiers {
    return this.#parts.tiers;
  }

  get repeatedImports(): RepeatedImports {
    return this.#parts.repeatedImports;
  }

  get time(): TimeControl {
    return this.#parts.time;
  }

  /** Resumes the work that a stop of the process interrupted. */
  resume(): void {
    const { datastores, deletions, updates, copies, imageSetOverrides, retention, importer } = this.#parts;
    for (const part of [datastores, deletions, updates, copies, imageSetOverrides, retention, importer])
      part.resume();
  }

  /** Stops all work at once. Resolves once in-flight work has drained. */
  async end(): Promise<void> {
    const cancelled = this.importer.giveUpAll();
    await Promise.all([cancelled, this.stop()]);
  }

  /** Leaves the state unchanged: in-flight work is resumed at the next start. */
  async stop(): Promise<void> {
    this.#parts.clock.end();
    this.time.stop();
    this.#parts.forgetScenarios();
    this.#parts.transitions.stop();
    await Promise.all([this.#parts.work.stop(), this.importer.stop()]);
    this.blobs.keep();
  }

  /** Resolves once the requests that are now in flight have ended. */
  quiet(): Promise<void> {
    return this.requests.quiet();
  }

  /** Discards at once what belongs to an account. */
  dropAccount(account: string): Dropped {
    const { state } = this;
    const datastoreIds = this.#parts.datastores.ofAccount(account);
    const jobIds = datastoreIds.flatMap((id) =>
      [...state.importJobs.inDatastore(id)].map((job) => job.jobId),
    );
    const imageSetIds = datastoreIds.flatMap((id) =>
      [...state.imageSets.inDatastore(id)].map((imageSet) => imageSet.imageSetId),
    );
    const underWay = new Set(this.importer.jobIds);
    const cancelledJobs = jobIds.filter((jobId) => underWay.has(jobId)).length;
    this.#parts.datastores.cancel(datastoreIds);
    const ended = [this.importer.giveUp(jobIds), this.#parts.work.cancel(imageSetIds), this.quiet()];
    this.tiers.forget(imageSetIds);
    this.#parts.holds.forget("datastore", datastoreIds);
    this.#parts.holds.forget("importJob", jobIds);
    this.#parts.holds.forget("imageSet", imageSetIds);
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
