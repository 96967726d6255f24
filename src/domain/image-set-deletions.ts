import { ServiceError } from "../api/errors.ts";
import { frameKey, type Blobs } from "./blobs.ts";
import type { Caller } from "./caller.ts";
import type { Clock } from "./clock.ts";
import type { Durations } from "./durations.ts";
import { latestVersion, NEXT_IMAGE_SET_STATE, type ImageSet, type ImageSetVersion } from "./image-set.ts";
import type { ImageSets } from "./image-sets.ts";
import type { Log } from "./log.ts";
import { lockedInUse } from "./quota-use.ts";
import type { Quotas } from "./quotas.ts";
import type { State, StateChange } from "./state.ts";

interface Parts {
  readonly state: State;
  readonly clock: Clock;
  readonly durations: Durations;
  readonly imageSets: ImageSets;
  readonly blobs: Blobs;
  readonly log: Log;
  readonly quotas: Quotas;
}

/** Takes image sets through LOCKED and DELETING to DELETED, all versions at once (service-facts 2.16). */
export class ImageSetDeletions {
  readonly #parts: Parts;
  /** By image set: calls off the end to come. */
  readonly #scheduled = new Map<string, () => void>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * @throws ServiceError ConflictException while it is LOCKED (Assumed: the text), ThrottlingException
   * where too many are being deleted (Assumed: the operation has no error for quotas)
   */
  delete(caller: Caller, datastoreId: string, imageSetId: string): ImageSetVersion {
    const { state, clock, imageSets, quotas } = this.#parts;
    const imageSet = imageSets.getExisting(caller, datastoreId, imageSetId);
    const { imageSetState, imageSetWorkflowStatus } = latestVersion(imageSet);
    if (imageSetState === "LOCKED") {
      throw new ServiceError(
        "ConflictException",
        `Image set ${imageSetId} is LOCKED: ${imageSetWorkflowStatus}`,
      );
    }
    const inUse = lockedInUse(state, datastoreId, "concurrentDeletions");
    quotas.checkRoom("concurrentDeletions", caller.region, inUse, "ThrottlingException");
    const updatedAt = clock.now();
    const locked = state.update((change) =>
      move(change, imageSet, { imageSetState: "LOCKED", imageSetWorkflowStatus: "DELETING", updatedAt }),
    );
    this.#settle(locked);
    return latestVersion(locked);
  }

  /** Lets deletions go on that a stop of the process cut off. */
  resume(): void {
    for (const imageSet of this.#parts.state.imageSets.values()) {
      const isDeleting = latestVersion(imageSet).imageSetWorkflowStatus === "DELETING";
      if (isDeleting && !this.#scheduled.has(imageSet.imageSetId)) this.#settle(imageSet);
    }
  }

  stop(): void {
    for (const cancel of this.#scheduled.values()) cancel();
    this.#scheduled.clear();
  }

  #settle(imageSet: ImageSet): void {
    const { clock, durations } = this.#parts;
    const { updatedAt } = latestVersion(imageSet);
    const delayMs = Math.max(0, updatedAt + durations.imageSetLockedMs - clock.now());
    const cancel = clock.schedule(delayMs, () => {
      this.#scheduled.delete(imageSet.imageSetId);
      this.#finish(imageSet.imageSetId);
    });
    this.#scheduled.set(imageSet.imageSetId, cancel);
  }

  #finish(imageSetId: string): void {
    const { state, clock, log } = this.#parts;
    const imageSet = state.imageSets.get(imageSetId);
    if (imageSet === undefined) return;
    const deletedAt = clock.now();
    state.update((change) => {
      const all = {
        imageSetState: "DELETED",
        imageSetWorkflowStatus: "DELETED",
        updatedAt: deletedAt,
      } as const;
      move(change, { ...imageSet, deletedAt, frameIds: [] }, all);
    });
    this.#removeBlobs(imageSet).catch((error: unknown) =>
      log.error(`blobs of ${imageSetId} are left`, error),
    );
  }

  /** First it is kept that the image set is gone, then its files go; frames that others have stay. */
  async #removeBlobs(imageSet: ImageSet): Promise<void> {
    const { state, blobs } = this.#parts;
    await state.durable();
    const mine = new Set(imageSet.frameIds);
    for (const { frameIds } of state.imageSets.inDatastore(imageSet.datastoreId)) {
      for (const frameId of frameIds) mine.delete(frameId);
    }
    const frames = [...mine].map((frameId) => frameKey(imageSet.datastoreId, frameId));
    const documents = imageSet.versions.map(({ metadataKey }) => metadataKey);
    await Promise.all([...frames, ...documents].map((key) => blobs.remove(key)));
  }
}

type Move = Pick<ImageSetVersion, "imageSetState" | "imageSetWorkflowStatus" | "updatedAt">;

/** LOCKED is a state of the latest version, DELETED one of all. */
function move({ imageSets }: StateChange, imageSet: ImageSet, changes: Move): ImageSet {
  const latest = latestVersion(imageSet);
  if (!NEXT_IMAGE_SET_STATE[latest.imageSetState].includes(changes.imageSetState)) {
    throw new Error(
      `image set ${imageSet.imageSetId} cannot go from ${latest.imageSetState} to ${changes.imageSetState}`,
    );
  }
  const isMoved = (version: ImageSetVersion): boolean =>
    version === latest || changes.imageSetState === "DELETED";
  const [first, ...rest] = imageSet.versions;
  const moved: ImageSet = {
    ...imageSet,
    versions: [
      isMoved(first) ? { ...first, ...changes } : first,
      ...rest.map((version) => (isMoved(version) ? { ...version, ...changes } : version)),
    ],
  };
  imageSets.put(moved);
  return moved;
}
