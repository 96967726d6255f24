import type { MetadataDocuments } from "../../domain/image-sets/metadata/metadata-documents.ts";
import { metadataKey } from "../../domain/blobs.ts";
import { addVersion } from "../../domain/image-sets/image-set-transitions.ts";
import type { WrittenImageSet } from "../../domain/image-sets/image-sets.ts";
import type { LockedWork } from "../../domain/image-sets/locked-work.ts";
import { primariesOf, seriesKey } from "../../domain/image-sets/primary-image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { Log } from "../../domain/log.ts";
import type { State, StateChange } from "../../domain/state.ts";
import type { Clock } from "../../domain/time/clock.ts";
import type { FilesInHand } from "../files-in-hand.ts";
import type { ImageSetDraft } from "../image-set-drafts.ts";
import type { Ledger } from "../job-report.ts";
import type { FileFailure } from "../protocol.ts";
import { removeFrames, type WrittenBlobs } from "../store-file.ts";
import type { MetadataFiles } from "../metadata-files.ts";
import { concernedOf, enhanceablePrimaries, seriesOfImageSet } from "./enhanced-image-sets.ts";
import { changeOf, untilAborted } from "./merge-waits.ts";
import { acceptDraft, rejectDraft, retractDraft } from "./draft-outcome.ts";
import { planMerge, seriesOfDraft, type MergePlan, type NewImageSet } from "./merge-plan.ts";
import { MergeTarget, type MergeOutcome } from "./merge-target.ts";
import type { SeriesTurns } from "./series-turns.ts";

export interface JobMergeDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly work: LockedWork;
  readonly documents: MetadataDocuments;
  readonly log: Log;
  readonly tiers: Pick<StorageTiers, "touch">;
  readonly turns: SeriesTurns;
  readonly blobs: WrittenBlobs;
  readonly ledger: Ledger;
  readonly inHand: FilesInHand;
  /** Aborted once the job is abandoned. */
  readonly signal: AbortSignal;
}

interface MergeOptions {
  readonly maxMetadataBytes: number;
  /** Files whose elements become part of the image sets. */
  readonly metadata?: MetadataFiles;
}

/** A new image set of the job, not visible yet. */
interface Created extends NewImageSet {
  readonly written: WrittenImageSet;
}

/**
 * Makes image sets of what one job imported, and merges the rest into primary image sets that exist
 * (facts: import-jobs#merges). These are IMPORTING, with a new version, until the job ends: then all image sets of the job
 * change at once.
 * Assumed: importing-until-the-end. A merge that fails leaves IMPORT_FAILED and a version with the old content; its files
 * are failures of the report.
 */
export class JobMerge {
  readonly #parts: JobMergeDependencies;
  readonly #job: ImportJob;
  #drafts: readonly ImageSetDraft[] = [];
  #created: readonly Created[] = [];
  #targets: readonly MergeTarget[] = [];
  #options: MergeOptions = { maxMetadataBytes: Infinity };
  /** Ids of primary image sets that exist and whose elements change. */
  #enhanced: ReadonlySet<string> = new Set();
  #giveBack = (): void => {};

  constructor(parts: JobMergeDependencies, job: ImportJob) {
    this.#parts = parts;
    this.#job = job;
  }

  /**
   * Resolves once the outcome of every file is decided. Only the job's end makes it visible.
   * @param drafts of this job, none of them too large
   * @returns the new image sets
   */
  async perform(drafts: readonly ImageSetDraft[], options: MergeOptions): Promise<WrittenImageSet[]> {
    const { turns, signal, clock, state } = this.#parts;
    this.#drafts = drafts;
    this.#options = options;
    const { metadata } = options;
    const imageSets = state.imageSets.inDatastore(this.#job.datastoreId);
    const candidates = metadata === undefined ? [] : enhanceablePrimaries(imageSets, metadata);
    const series = new Set([...drafts.map(seriesOfDraft), ...candidates.map(seriesOfImageSet)]);
    this.#giveBack = turns.takeFree(series) ?? (await this.#whileWaiting(turns.take(series, signal)));
    if (metadata !== undefined)
      this.#enhanced = await clock.during(concernedOf(this.#parts, candidates, metadata));
    return this.#mergeAll();
  }

  /** Whether something came in between, so that it must be done again before the job can end. */
  get isOutdated(): boolean {
    return !this.#targets.every((target) => target.isHeld(this.#parts.state)) || this.#hasOtherPrimary();
  }

  /** As `perform`, for the same drafts. */
  async repeat(): Promise<WrittenImageSet[]> {
    const { ledger } = this.#parts;
    for (const { draft } of [...this.#created, ...this.#targets])
      if (draft !== undefined) retractDraft(ledger, draft);
    this.#options.metadata?.retract(ledger);
    await this.#parts.clock.during(this.#startOver());
    return this.#mergeAll();
  }

  /** Part of the change that ends the job, and creates its new image sets. */
  commit(change: StateChange): void {
    for (const target of this.#targets) target.commit(change);
  }

  /** Part of the change with which the job fails. */
  fail(change: StateChange, message: string): void {
    for (const target of this.#targets) target.fail(change, message);
  }

  /** Undoes what is visible. */
  async drop(): Promise<void> {
    await Promise.all(this.#targets.map((target) => target.drop()));
    this.#targets = [];
  }

  /** Call it once the job's image sets are visible: removes what nothing refers to. */
  async end(): Promise<void> {
    this.giveBack();
    const { clock, log } = this.#parts;
    const removed = clock.during(this.#removeUnneeded());
    await removed.catch((error: unknown) => log.error(`job ${this.#job.jobId} left files behind`, error));
  }

  /** Lets other jobs have the series; call it once no work of the job is in flight. */
  giveBack(): void {
    this.#giveBack();
    this.#giveBack = () => {};
  }

  async #removeUnneeded(): Promise<void> {
    const { blobs } = this.#parts;
    const unneeded = this.#targets.flatMap(({ unneededFrameIds }) => unneededFrameIds);
    const replaced = this.#drafts.flatMap((draft) => draft.replaced.flatMap(({ frameIds }) => frameIds));
    await removeFrames(blobs, this.#job.datastoreId, [...unneeded, ...replaced]);
    const created = new Set(this.#created.map(({ draft }) => draft));
    for (const draft of this.#drafts)
      await draft.discardPages(blobs, created.has(draft) ? documentKey(draft) : undefined);
  }

  async #mergeAll(): Promise<WrittenImageSet[]> {
    while (!(await this.#attempt()));
    const { ledger } = this.#parts;
    const created = this.#created.map(({ draft, written: { imageSetId, isPrimary = false } }) => {
      const imageSet = { imageSetId, imageSetVersion: 1, isPrimary };
      acceptDraft(ledger, draft, imageSet, draft.differing);
      return imageSet;
    });
    const changed = this.#targets.map(({ draft, imageSetId, versionId, differing }) => {
      const imageSet = { imageSetId, imageSetVersion: versionId, isPrimary: true };
      if (draft !== undefined) acceptDraft(ledger, draft, imageSet, differing);
      return imageSet;
    });
    this.#options.metadata?.report(ledger, [...created, ...changed]);
    return this.#created.map(({ written }) => written);
  }

  /** @returns whether it is complete: false if an image set was set to another status by hand */
  async #attempt(): Promise<boolean> {
    const { clock, state, signal } = this.#parts;
    const plan = await this.#lock();
    const [targets, unwatch] = [this.#targets, this.#watch()];
    try {
      const merging = Promise.all(targets.map((target) => target.begin()));
      const creating = clock.during(this.#create(plan.created));
      // Both are awaited, whichever fails first.
      await Promise.allSettled([
        creating,
        clock.during(Promise.all(targets.map((target) => target.drained()))),
      ]);
      this.#created = await creating;
      const outcomes = targets.length === 0 ? [] : await this.#whileWaiting(untilAborted(merging, signal));
      signal.throwIfAborted();
      await clock.during(this.#settle(outcomes));
    } finally {
      unwatch();
    }
    if (this.#targets.every((target) => target.isHeld(state))) return true;
    await clock.during(this.#startOver());
    return false;
  }

  /** Someone else has changed an image set. If it was set to IMPORT_FAILED, that is how its files end. */
  async #startOver(): Promise<void> {
    const failed = this.#targets.map((target) => ({ target, failure: target.failure }));
    await this.drop();
    for (const { target, failure } of failed)
      if (failure !== undefined) await this.#giveUpOn(target, failure);
  }

  /** Files of failed merges fail; what is left is to be committed. */
  async #settle(outcomes: readonly MergeOutcome[]): Promise<void> {
    const targets = this.#targets;
    const error = targets.find((target) => target.error !== undefined)?.error;
    if (error !== undefined) throw error;
    for (const [place, outcome] of outcomes.entries()) {
      const target = targets[place];
      if (target !== undefined && outcome.kind === "failed") await this.#giveUpOn(target, outcome.failure);
    }
    this.#targets = targets.filter((_, place) => outcomes[place]?.kind !== "failed");
  }

  /** The job no longer changes an image set. */
  async #giveUpOn({ draft, imageSetId }: MergeTarget, failure: FileFailure): Promise<void> {
    this.#enhanced = this.#enhanced.difference(new Set([imageSetId]));
    if (draft !== undefined) await this.#reject(draft, failure);
  }

  /** In one change, all primary image sets that the job adds to get a version. Those that are LOCKED are waited for. */
  async #lock(): Promise<MergePlan> {
    const { state, clock, signal } = this.#parts;
    const { datastoreId, jobId } = this.#job;
    for (;;) {
      signal.throwIfAborted();
      const plan = planMerge(this.#drafts, [...state.imageSets.inDatastore(datastoreId)], this.#enhanced);
      if (plan.awaited.size > 0) {
        await this.#whileWaiting(changeOf(state, plan.awaited, signal));
        continue;
      }
      const pending = { kind: "import", jobId } as const;
      const updatedAt = clock.now();
      const lock = (change: StateChange) =>
        plan.merged.map(({ draft, target }) => {
          const locked = addVersion(change, target, "IMPORTING", { updatedAt }, { pending });
          const { maxMetadataBytes, metadata } = this.#options;
          const parts = { ...this.#parts, maxMetadataBytes, changeDocument: metadata?.change };
          return new MergeTarget(parts, jobId, draft, locked);
        });
      this.#targets = plan.merged.length === 0 ? [] : state.update(lock);
      return plan;
    }
  }

  #watch(): () => void {
    const targets = this.#targets;
    if (targets.length === 0) return () => {};
    return this.#parts.state.watch(() => {
      for (const target of targets) target.noteChange();
    });
  }

  async #create(planned: readonly NewImageSet[]): Promise<Created[]> {
    const created: Created[] = [];
    for (const { draft, isPrimary } of planned) {
      const written = await draft.finish(this.#parts.blobs, this.#options.metadata?.change);
      created.push({ draft, isPrimary, written: isPrimary ? { ...written, isPrimary } : written });
    }
    return created;
  }

  /** Another image set became primary for the series of one that is to be. */
  #hasOtherPrimary(): boolean {
    const series = new Set(
      this.#created.flatMap(({ isPrimary, written }) =>
        isPrimary ? (seriesKey(written.datastoreId, written.dicomTags) ?? []) : [],
      ),
    );
    const there = primariesOf(this.#parts.state.imageSets.inDatastore(this.#job.datastoreId), series);
    return [...there.values()].some(({ isPrimary }) => isPrimary === true);
  }

  async #reject(draft: ImageSetDraft, failure: FileFailure): Promise<void> {
    const { blobs, ledger } = this.#parts;
    this.#drafts = this.#drafts.filter((other) => other !== draft);
    await rejectDraft({ blobs, ledger }, draft, failure);
  }

  /** A process that dies during the wait does not die of a file. */
  async #whileWaiting<T>(wait: Promise<T>): Promise<T> {
    const { inHand, signal } = this.#parts;
    inHand.stop();
    const result = await wait;
    if (!signal.aborted) inHand.commit();
    return result;
  }
}

const documentKey = ({ datastoreId, imageSetId }: ImageSetDraft): string =>
  metadataKey(datastoreId, imageSetId, 1);
