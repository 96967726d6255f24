import type { Clock } from "../time/clock.ts";
import { latestVersion, type ImageSet, type WorkflowStatus } from "./image-set.ts";
import { INTERNAL_FAILURE } from "./metadata/invalid-change.ts";
import type { Log } from "../log.ts";
import type { PendingTransition, Transitions } from "../time/transitions.ts";

interface LockedWorkDependencies {
  readonly clock: Clock;
  readonly transitions: Transitions;
  readonly log: Log;
}

/** Work for which image sets are LOCKED. An outcome that is a string is the reason of its failure. */
export interface Work<Outcome> {
  /** The image sets while they are LOCKED: the changed one, and a copy's source. */
  readonly imageSets: readonly [ImageSet, ...ImageSet[]];
  readonly prepare: () => Promise<Outcome | string>;
  readonly statusAfter: (outcome: Outcome | string) => WorkflowStatus;
  /** Makes the outcome visible; synchronous. */
  readonly finish: (outcome: Outcome | string) => void;
  /** Removes what was prepared and is not visible. */
  readonly discard?: (outcome: Outcome) => Promise<void>;
}

/**
 * Performs work for which image sets are LOCKED. The work runs while the minimum time in that state passes;
 * its outcome is visible once both are over and no rule holds the image set. Each image set has at most one
 * piece of work.
 */
export class LockedWork {
  readonly #parts: LockedWorkDependencies;
  readonly #underWay = new Map<string, Piece<unknown>>();
  readonly #beingDone = new Set<Promise<void>>();
  #isStopped = false;

  constructor(parts: LockedWorkDependencies) {
    this.#parts = parts;
  }

  isUnderWay(imageSetId: string): boolean {
    return this.#underWay.has(imageSetId);
  }

  start<Outcome>(work: Work<Outcome>): void {
    if (this.#isStopped) return;
    const piece = new Piece(work, (doing) => this.#follow(doing));
    for (const { imageSetId } of work.imageSets) this.#underWay.set(imageSetId, piece as Piece<unknown>);
    this.#parts.transitions.begin({
      ...stayOf(work.imageSets),
      work: piece.prepared,
      to: () => piece.statusAfter,
      leave: (failure) => {
        this.#forget(piece);
        piece.end(failure);
      },
    });
  }

  /** Ends the work on an image set as failed, at once. */
  fail(imageSetId: string, message: string): void {
    const piece = this.#underWay.get(imageSetId);
    if (piece === undefined) return;
    this.#forget(piece);
    piece.end(message);
  }

  /** Results of the work no longer become visible. @returns the image sets of the work, which stay LOCKED */
  cancelPending(imageSetId: string): readonly string[] {
    const piece = this.#underWay.get(imageSetId);
    if (piece === undefined) return [];
    this.#forget(piece);
    piece.discard();
    return piece.imageSetIds;
  }

  /** Cancels the work on these image sets; resolves once none is in flight. */
  async cancel(imageSetIds: Iterable<string>): Promise<void> {
    const pieces = [...imageSetIds].flatMap((imageSetId) => this.#underWay.get(imageSetId) ?? []);
    for (const piece of pieces) this.#forget(piece);
    await Promise.all(pieces.map(({ prepared }) => prepared));
  }

  /** Resolves once in-flight work has drained; work without a shown result is resumed at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.cancel(this.#underWay.keys());
    await Promise.all(this.#beingDone);
  }

  #forget({ imageSetIds }: Pick<Piece<unknown>, "imageSetIds">): void {
    for (const id of imageSetIds) {
      this.#underWay.delete(id);
      this.#parts.transitions.cancelPending({ kind: "imageSet", id });
    }
  }

  /** A moved clock waits for the work, and so does a stop. */
  #follow(doing: Promise<void>): Promise<void> {
    const done = doing
      .catch((error: unknown) => this.#parts.log.error("the work on an image set failed", error))
      .finally(() => this.#beingDone.delete(done));
    this.#beingDone.add(done);
    return this.#parts.clock.during(done);
  }
}

/** One piece of work, from start to end. */
class Piece<Outcome> {
  readonly imageSetIds: readonly string[];
  readonly prepared: Promise<void>;
  readonly #work: Work<Outcome>;
  readonly #follow: (doing: Promise<void>) => Promise<void>;
  #outcome: Outcome | string = INTERNAL_FAILURE;

  constructor(work: Work<Outcome>, follow: (doing: Promise<void>) => Promise<void>) {
    this.#work = work;
    this.#follow = follow;
    this.imageSetIds = work.imageSets.map(({ imageSetId }) => imageSetId);
    this.prepared = follow(work.prepare().then((outcome) => void (this.#outcome = outcome)));
  }

  get statusAfter(): WorkflowStatus {
    return this.#work.statusAfter(this.#outcome);
  }

  /** @param failure the message if it must fail, whatever was prepared */
  end(failure: string | undefined): void {
    this.#work.finish(failure ?? this.#outcome);
    if (failure !== undefined) this.discard();
  }

  discard(): void {
    const { discard } = this.#work;
    if (discard === undefined) return;
    const remove = async (): Promise<void> => {
      await this.prepared;
      if (typeof this.#outcome !== "string") await discard(this.#outcome);
    };
    void this.#follow(remove());
  }
}

const stayOf = (
  imageSets: Work<unknown>["imageSets"],
): Pick<PendingTransition, "resources" | "since" | "lasts"> => ({
  resources: imageSets.map((imageSet) => ({
    kind: "imageSet",
    id: imageSet.imageSetId,
    datastoreId: imageSet.datastoreId,
    from: latestVersion(imageSet).imageSetWorkflowStatus,
  })),
  since: latestVersion(imageSets[0]).updatedAt,
  lasts: LASTS[latestVersion(imageSets[0]).imageSetWorkflowStatus] ?? "imageSetCopyingMs",
});

const LASTS: Readonly<Partial<Record<WorkflowStatus, PendingTransition["lasts"]>>> = {
  UPDATING: "imageSetUpdatingMs",
  UPDATING_FOR_STUDY_CONSISTENCY: "imageSetUpdatingMs",
  IMPORTING: "imageSetImportingMs",
  DELETING: "imageSetDeletingMs",
};
