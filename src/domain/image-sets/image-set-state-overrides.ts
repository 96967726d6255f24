import type { Clock } from "../time/clock.ts";
import type { ImageSetDeletions } from "./image-set-deletions.ts";
import { addVersion, forceLatest, moveLatest } from "./image-set-transitions.ts";
import { IMAGE_SET_WORKFLOW, latestVersion, type ImageSet, type WorkflowStatus } from "./image-set.ts";
import { INTERNAL_FAILURE } from "./metadata/invalid-change.ts";
import type { LockedWork } from "./locked-work.ts";
import type { State } from "../state.ts";
import type { Transitions } from "../time/transitions.ts";

interface ImageSetStateOverridesDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly work: LockedWork;
  readonly transitions: Transitions;
  readonly deletions: ImageSetDeletions;
}

/** The message of the other image sets of the same work when one of them is forced to another status. */
const COPY_CANCELLED = "The copy was cancelled.";
const UPDATE_CANCELLED = "The update was cancelled.";

/** Sets the status of image sets by hand. */
export class ImageSetStateOverrides {
  readonly #parts: ImageSetStateOverridesDependencies;

  constructor(parts: ImageSetStateOverridesDependencies) {
    this.#parts = parts;
  }

  /** Resumes image sets that were LOCKED by hand before a stop of the process. */
  resume(): void {
    for (const imageSet of this.#parts.state.imageSets.values()) {
      const isUnderWay = this.#parts.work.isUnderWay(imageSet.imageSetId);
      if (imageSet.pending?.kind === "push" && !isUnderWay) this.#lock(imageSet);
    }
  }

  /**
   * Sets a legal next status. Work in progress ends with that status, regardless of its minimum time and of
   * holds. Resolves once it has ended.
   */
  async moveTo(imageSet: ImageSet, status: WorkflowStatus, message: string | undefined): Promise<void> {
    const { imageSetId } = imageSet;
    const isLocked = latestVersion(imageSet).imageSetState === "LOCKED";
    if (!isLocked) return this.#begin(imageSet, status);
    if (IMAGE_SET_WORKFLOW[status].state === "ACTIVE" && status.endsWith("_FAILED"))
      return this.#fail(imageSet, status, message ?? INTERNAL_FAILURE);
    await this.#parts.transitions.expedite({ kind: "imageSet", id: imageSetId });
  }

  /** Sets any status; work in progress is cancelled. */
  async forceTo(imageSetId: string, status: WorkflowStatus, message: string | undefined): Promise<void> {
    const { state, clock, work } = this.#parts;
    const others = work.cancelPending(imageSetId).filter((other) => other !== imageSetId);
    const updatedAt = clock.now();
    const row = IMAGE_SET_WORKFLOW[status];
    const pending = row.state === "LOCKED" && status !== "DELETING" ? ({ kind: "push" } as const) : undefined;
    // DELETED requires a deletion, so that the files are removed too.
    const shown = status === "DELETED" ? "DELETING" : status;
    const forced = state.update((change) => {
      for (const other of others) {
        const partner = change.imageSets.get(other);
        if (partner === undefined) continue;
        const [, failed] = endsOf(latestVersion(partner).imageSetWorkflowStatus);
        const cancelled = failed === "UPDATE_FAILED" ? UPDATE_CANCELLED : COPY_CANCELLED;
        moveLatest(change, partner, failed, { updatedAt, message: cancelled }, { pending: undefined });
      }
      const imageSet = change.imageSets.get(imageSetId);
      if (imageSet === undefined) throw new Error(`image set ${imageSetId} no longer exists`);
      return forceLatest(change, imageSet, shown, { updatedAt, message: message ?? null }, { pending });
    });
    if (pending !== undefined) this.#lock(forced);
    if (shown === "DELETING") this.#parts.deletions.start(forced);
    if (status === "DELETED") await this.#parts.transitions.expedite({ kind: "imageSet", id: imageSetId });
  }

  /** The work on an image set may be done: it then waits for an import job, which sees the failure. */
  #fail(imageSet: ImageSet, status: WorkflowStatus, message: string): void {
    const { state, clock, work } = this.#parts;
    const { imageSetId } = imageSet;
    if (work.isUnderWay(imageSetId)) return work.fail(imageSetId, message);
    const failed = { updatedAt: clock.now(), message };
    state.update((change) => moveLatest(change, imageSet, status, failed, { pending: undefined }));
  }

  /** As the operation would, but without work to do. */
  #begin(imageSet: ImageSet, status: WorkflowStatus): void {
    const { state, clock, deletions } = this.#parts;
    const updatedAt = clock.now();
    if (status === "DELETING") {
      deletions.start(state.update((change) => moveLatest(change, imageSet, status, { updatedAt })));
      return;
    }
    // The source of a copy keeps its version (facts: image-sets#copies).
    const move = status === "COPYING_WITH_READ_ONLY_ACCESS" ? moveLatest : addVersion;
    const pending = { kind: "push" } as const;
    this.#lock(state.update((change) => move(change, imageSet, status, { updatedAt }, { pending })));
  }

  /** Keeps it LOCKED for the minimum time; its content stays unchanged. */
  #lock(imageSet: ImageSet): void {
    const { imageSetWorkflowStatus } = latestVersion(imageSet);
    const [done, failed] = endsOf(imageSetWorkflowStatus);
    this.#parts.work.start<null>({
      imageSets: [imageSet],
      prepare: async () => null,
      statusAfter: () => done,
      finish: (outcome) => {
        const versionChanges = { updatedAt: this.#parts.clock.now(), message: outcome };
        const status = outcome === null ? done : failed;
        this.#parts.state.update((change) => {
          const current = change.imageSets.get(imageSet.imageSetId);
          if (current === undefined) return;
          moveLatest(change, current, status, versionChanges, { pending: undefined });
        });
      },
    });
  }
}

/** What follows a LOCKED status: success, then failure. */
function endsOf(status: WorkflowStatus): readonly [done: WorkflowStatus, failed: WorkflowStatus] {
  const [done, failed] = IMAGE_SET_WORKFLOW[status].next;
  if (done === undefined || failed === undefined) throw new Error(`${status} does not end as failed`);
  return [done, failed];
}
