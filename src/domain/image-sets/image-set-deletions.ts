import { ServiceError } from "../../api/errors.ts";
import { frameKey, type Blobs } from "../blobs.ts";
import type { Caller } from "../caller.ts";
import type { Clock } from "../time/clock.ts";
import { latestVersion, type ImageSet, type ImageSetVersion } from "./image-set.ts";
import { moveLatest, requireFree } from "./image-set-transitions.ts";
import type { ImageSets } from "./image-sets.ts";
import type { LockedWork } from "./locked-work.ts";
import type { Log } from "../log.ts";
import { lockedInUse } from "../limits/quota-use.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { State } from "../state.ts";

interface ImageSetDeletionsDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly imageSets: ImageSets;
  readonly work: LockedWork;
  readonly blobs: Blobs;
  readonly log: Log;
  readonly quotas: Quotas;
}

/** Takes image sets through LOCKED and DELETING to DELETED, all versions at once (facts: image-sets#deletion). */
export class ImageSetDeletions {
  readonly #parts: ImageSetDeletionsDependencies;

  constructor(parts: ImageSetDeletionsDependencies) {
    this.#parts = parts;
  }

  /**
   * Assumed: deletion-of-deleted. A ConflictException, which the guide's own clean-up code expects
   * (facts: image-sets#deletion-of-what-is-deleted).
   * Assumed: too-many-deletions. A ThrottlingException, since the operation has no error for quotas.
   * @throws ServiceError ConflictException while it is LOCKED and if it is DELETED, ThrottlingException
   */
  delete(caller: Caller, datastoreId: string, imageSetId: string): ImageSetVersion {
    const { state, clock, imageSets, quotas } = this.#parts;
    const { imageSet, version } = imageSets.get(caller, datastoreId, imageSetId);
    if (version.imageSetState === "DELETED") {
      throw new ServiceError("ConflictException", `Image set ${imageSetId} has been deleted`);
    }
    requireFree(imageSet);
    const inUse = lockedInUse(state, datastoreId, "concurrentDeletions");
    quotas.checkQuota("concurrentDeletions", caller, inUse, "ThrottlingException");
    const updatedAt = clock.now();
    const locked = state.update((change) => moveLatest(change, imageSet, "DELETING", { updatedAt }));
    this.start(locked);
    return latestVersion(locked);
  }

  /** Resumes deletions that a stop of the process interrupted. */
  resume(): void {
    for (const imageSet of this.#parts.state.imageSets.values()) {
      const isDeleting = latestVersion(imageSet).imageSetWorkflowStatus === "DELETING";
      if (isDeleting && !this.#parts.work.isUnderWay(imageSet.imageSetId)) this.start(imageSet);
    }
  }

  /** @param imageSet is DELETING */
  start(imageSet: ImageSet): void {
    this.#parts.work.start<undefined>({
      imageSets: [imageSet],
      prepare: async () => undefined,
      statusAfter: () => "DELETED",
      // A deletion cannot fail.
      finish: () => this.#finish(imageSet.imageSetId),
    });
  }

  #finish(imageSetId: string): void {
    const { state, clock, log } = this.#parts;
    const imageSet = state.imageSets.get(imageSetId);
    if (imageSet === undefined) return;
    const deletedAt = clock.now();
    state.update((change) =>
      moveLatest(
        change,
        imageSet,
        "DELETED",
        { updatedAt: deletedAt },
        { deletedAt, frameIds: [], frameChecksums: [] },
      ),
    );
    const removed = this.#removeBlobs(imageSet);
    clock
      .during(removed)
      .catch((error: unknown) => log.error(`blobs of image set ${imageSetId} could not be deleted`, error));
  }

  /** First the deletion is stored, then the files are deleted; frames of other image sets stay. */
  async #removeBlobs(imageSet: ImageSet): Promise<void> {
    const { state, blobs } = this.#parts;
    await state.durable();
    const mine = new Set(imageSet.frameIds);
    for (const { frameIds } of state.imageSets.inDatastore(imageSet.datastoreId)) {
      if (mine.size === 0) break;
      for (const frameId of frameIds) mine.delete(frameId);
    }
    const frames = [...mine].map((frameId) => frameKey(imageSet.datastoreId, frameId));
    // A version whose change failed shares the document of the version before it.
    const documents = new Set(imageSet.versions.map(({ metadataKey }) => metadataKey));
    await Promise.all([...frames, ...documents].map((key) => blobs.remove(key)));
  }
}
