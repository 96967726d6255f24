import pLimit from "p-limit";
import { metadataKey } from "../../domain/blobs.ts";
import { latestVersion, type ImageSet } from "../../domain/image-sets/image-set.ts";
import { dropLatest, moveLatest } from "../../domain/image-sets/image-set-transitions.ts";
import type { LockedWork } from "../../domain/image-sets/locked-work.ts";
import {
  changeMessageOf,
  INTERNAL_FAILURE,
  InvalidChange,
} from "../../domain/image-sets/metadata/invalid-change.ts";
import type { MetadataDocument } from "../../domain/image-sets/metadata/metadata-document.ts";
import type {
  MetadataDocuments,
  WrittenDocument,
} from "../../domain/image-sets/metadata/metadata-documents.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import { framesOf } from "../../domain/image-sets/stored-blobs.ts";
import type { Log } from "../../domain/log.ts";
import type { State, StateChange } from "../../domain/state.ts";
import type { Clock } from "../../domain/time/clock.ts";
import type { ImageSetDraft } from "../image-set-drafts.ts";
import type { FileFailure } from "../protocol.ts";
import type { WrittenBlobs } from "../store-file.ts";
import { writeDocument, type DocumentChange } from "../write-document.ts";
import { differingHeads, withCoercions, type DifferingHeads } from "./coerced-elements.ts";
import { mergeIntoDocument, type MergedDocument } from "./merged-document.ts";

export interface MergeTargetDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly work: LockedWork;
  readonly documents: MetadataDocuments;
  readonly log: Log;
  readonly tiers: Pick<StorageTiers, "touch">;
  /** Those of the job. */
  readonly blobs: WrittenBlobs;
  readonly maxMetadataBytes: number;
  readonly changeDocument?: DocumentChange | undefined;
  /** Aborted once the job is abandoned. */
  readonly signal: AbortSignal;
}

/** `overtaken`: the image set was set to another status by hand. */
export type MergeOutcome =
  | { readonly kind: "merged" }
  | { readonly kind: "overtaken" }
  | { readonly kind: "failed"; readonly failure: FileFailure };

type Prepared = WrittenDocument & Pick<MergedDocument, "frames" | "unneededFrameIds">;

/** Documents of one emulator that are parsed at once: they may be large. */
const oneAtATime = pLimit(1);

/** A primary image set into which a job merges instances: IMPORTING, with a version of its own. */
export class MergeTarget {
  /** None if only the elements of the image set change. */
  readonly draft: ImageSetDraft | undefined;
  readonly imageSetId: string;
  readonly versionId: number;
  /** Keys of files whose patient, study or series differs from that of the image set. */
  differing: DifferingHeads = new Map();
  /** Why the document could not be written: a failure of the job. */
  error: unknown;
  readonly #parts: MergeTargetDependencies;
  readonly #jobId: string;
  readonly #locked: ImageSet;
  readonly #outcome = Promise.withResolvers<MergeOutcome>();
  #preparing: Promise<Prepared | string> = Promise.resolve(INTERNAL_FAILURE);
  #prepared: Prepared | undefined;
  #isTooLarge = false;

  /** @param locked IMPORTING */
  constructor(
    parts: MergeTargetDependencies,
    jobId: string,
    draft: ImageSetDraft | undefined,
    locked: ImageSet,
  ) {
    this.#parts = parts;
    this.#jobId = jobId;
    this.#locked = locked;
    this.draft = draft;
    this.imageSetId = locked.imageSetId;
    this.versionId = latestVersion(locked).versionId;
  }

  /** The instances' frames that the image set has already. */
  get unneededFrameIds(): readonly string[] {
    return this.#prepared?.unneededFrameIds ?? [];
  }

  /** Resolves once the document is written, and the image set may leave IMPORTING; it stays so until the job ends. */
  begin(): Promise<MergeOutcome> {
    this.#parts.work.start<Prepared>({
      imageSets: [this.#locked],
      prepare: () => (this.#preparing = oneAtATime(() => this.#prepare())),
      statusAfter: (outcome) => (typeof outcome === "string" ? "IMPORT_FAILED" : "IMPORTED"),
      finish: (outcome) => this.#finish(outcome),
    });
    return this.#outcome.promise;
  }

  /** Tells of a change of the image set, which someone else may have brought about. */
  noteChange(): void {
    if (!this.isHeld(this.#parts.state)) this.#outcome.resolve({ kind: "overtaken" });
  }

  /** Whether it is IMPORTING for this job. */
  isHeld({ imageSets }: Pick<State, "imageSets">): boolean {
    return this.#find({ imageSets }) !== undefined;
  }

  /** Set to IMPORT_FAILED by hand. */
  get failure(): FileFailure | undefined {
    const { versions = [] } = this.#parts.state.imageSets.get(this.imageSetId) ?? {};
    const version = versions.find(({ versionId }) => versionId === this.versionId);
    if (version?.imageSetWorkflowStatus !== "IMPORT_FAILED") return undefined;
    return this.#describe(version.message ?? INTERNAL_FAILURE);
  }

  /** Resolves once nothing is written for it. */
  async drained(): Promise<void> {
    await this.#preparing.catch(() => {});
  }

  /** The version gets its content, as part of the change that ends the job. */
  commit(change: StateChange): void {
    const { clock, tiers } = this.#parts;
    const imageSet = this.#find(change);
    if (imageSet === undefined || this.#prepared === undefined)
      throw new Error(`image set ${this.imageSetId} is not IMPORTING for job ${this.#jobId}`);
    const { frames, unneededFrameIds: _, ...document } = this.#prepared;
    const all = framesOf([...imageSet.frameIds, ...frames.frameIds], [imageSet, frames]);
    const versionChanges = { updatedAt: clock.now(), ...document };
    moveLatest(change, imageSet, "IMPORTED", versionChanges, { pending: undefined, ...all });
    // An import is an access (facts: image-sets#storage-tiers).
    tiers.touch(this.imageSetId);
  }

  /** The version keeps the content of the one before it. */
  fail(change: StateChange, message: string): void {
    const imageSet = this.#find(change);
    if (imageSet === undefined) return;
    this.#parts.work.cancelPending(this.imageSetId);
    const versionChanges = { updatedAt: this.#parts.clock.now(), message };
    moveLatest(change, imageSet, "IMPORT_FAILED", versionChanges, { pending: undefined });
  }

  /** The version goes. Its document first: the next change of the image set has the same number. */
  async drop(): Promise<void> {
    const { state, work, blobs } = this.#parts;
    if (this.isHeld(state)) work.cancelPending(this.imageSetId);
    await this.drained();
    await blobs.discard(this.#key);
    state.update((change) => {
      const imageSet = this.#find(change);
      if (imageSet !== undefined) dropLatest(change, imageSet);
    });
  }

  get #key(): string {
    return metadataKey(this.#locked.datastoreId, this.imageSetId, this.versionId);
  }

  #find({ imageSets }: Pick<State, "imageSets">): ImageSet | undefined {
    const imageSet = imageSets.get(this.imageSetId);
    const pending = imageSet?.pending;
    if (imageSet === undefined || pending?.kind !== "import" || pending.jobId !== this.#jobId)
      return undefined;
    return latestVersion(imageSet).versionId === this.versionId ? imageSet : undefined;
  }

  #finish(outcome: Prepared | string): void {
    if (typeof outcome !== "string") {
      this.#prepared = outcome;
      return this.#outcome.resolve({ kind: "merged" });
    }
    this.#outcome.resolve({ kind: "failed", failure: this.#describe(outcome) });
    this.#parts.state.update((change) => this.fail(change, outcome));
    void this.#parts.clock.during(this.drained().then(() => this.#parts.blobs.discard(this.#key)));
  }

  #describe(message: string): FileFailure {
    return {
      exceptionType: this.#isTooLarge ? "ValidationException" : "InternalServerException",
      message: `The file was not merged into image set ${this.imageSetId}: ${message}`,
    };
  }

  /** The new document, or why the merge fails. The latest version still refers to the old document. */
  async #prepare(): Promise<Prepared | string> {
    const { blobs, changeDocument, signal } = this.#parts;
    try {
      signal.throwIfAborted();
      const merged = await this.#compose();
      if (typeof merged === "string") return merged;
      const { frames, unneededFrameIds } = merged;
      const written = await writeDocument(blobs, this.#key, merged, changeDocument);
      return { metadataKey: this.#key, ...written, frames, unneededFrameIds };
    } catch (error) {
      this.error = error;
      return INTERNAL_FAILURE;
    }
  }

  async #compose(): Promise<MergedDocument | string> {
    const { blobs, maxMetadataBytes } = this.#parts;
    const document = await this.#readDocument();
    if (document === undefined) return INTERNAL_FAILURE;
    const { draft } = this;
    if (draft !== undefined) this.differing = differingHeads(draft.heads, document);
    const added = withCoercions((await draft?.texts(blobs)) ?? [], this.differing);
    const merged = mergeIntoDocument(document, this.#locked, added);
    if (merged.byteLength <= maxMetadataBytes) return merged;
    this.#isTooLarge = true;
    const problem = `The metadata would have ${merged.byteLength} bytes, at most ${maxMetadataBytes} are allowed`;
    return changeMessageOf(new InvalidChange(problem)) ?? problem;
  }

  /** Undefined if it is damaged: then only this image set fails. */
  async #readDocument(): Promise<MetadataDocument | undefined> {
    const { documents, log } = this.#parts;
    try {
      return await documents.read(this.#locked, latestVersion(this.#locked));
    } catch (error) {
      log.error(`instances could not be merged into image set ${this.imageSetId}`, error);
      return undefined;
    }
  }
}
