import type { ValueLimits } from "../../api/limits/value-limits.ts";
import type { Caller } from "../caller.ts";
import type { Clock } from "../time/clock.ts";
import { latestVersion, type ImageSet, type PendingRevert, type PendingUpdate } from "./image-set.ts";
import { addVersion, moveLatest, requireFree } from "./image-set-transitions.ts";
import type { ImageSets } from "./image-sets.ts";
import { INTERNAL_FAILURE, InvalidChange, changeMessageOf } from "./metadata/invalid-change.ts";
import type { LockedWork } from "./locked-work.ts";
import type { Log } from "../log.ts";
import type { MetadataDocuments, WrittenDocument } from "./metadata/metadata-documents.ts";
import type { MetadataDocument } from "./metadata/metadata-document.ts";
import { updateDocument } from "./metadata/metadata-update.ts";
import { studyLevelOf } from "./metadata/study-level.ts";
import type { UpdateRules } from "./metadata/update-rules.ts";
import { lockedInUse } from "../limits/quota-use.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { State } from "../state.ts";
import { otherPrimariesOfStudy } from "./study-image-sets.ts";
import { parsePayload, readUpdate, versionOf, type UpdateFlags, type Updates } from "./wanted-update.ts";

interface ImageSetUpdatesDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly imageSets: ImageSets;
  readonly documents: MetadataDocuments;
  readonly work: LockedWork;
  readonly quotas: Quotas;
  readonly log: Log;
  /** Of the served release. */
  readonly behaviours: {
    readonly updateForce: {
      readonly removalNeedsForce: boolean;
      readonly unless: string;
      readonly unlessPrimary: string;
    };
    readonly valueLimits: ValueLimits;
  };
}

/** The image sets of an update: the one that the call names, then others of its study. */
export type UpdatedImageSets = readonly [named: ImageSet, ...siblings: ImageSet[]];

/** The new document of each image set. */
type Written = readonly (WrittenDocument & { readonly imageSetId: string })[];

/**
 * Takes image sets through UPDATING to UPDATED or UPDATE_FAILED, each time as a new version
 * (facts: image-sets#answer-of-an-update, image-sets#versions). An update of a study takes its other primary image sets
 * through UPDATING_FOR_STUDY_CONSISTENCY at the same time, and all end alike (facts: image-sets#study-wide-updates).
 * Assumed: failed-update-version. A failed update uses up its version number, with the content of the version
 * before it.
 */
export class ImageSetUpdates {
  readonly #parts: ImageSetUpdatesDependencies;

  constructor(parts: ImageSetUpdatesDependencies) {
    this.#parts = parts;
  }

  /**
   * Assumed: locked-study. One LOCKED image set of the study refuses the call; the message names it.
   * Assumed: study-update-quota. A study-wide update counts as one update.
   * @returns the image sets with their new versions
   * @throws ServiceError ValidationException for an unreadable payload, ConflictException for an image set
   * that is LOCKED or has another latest version, ServiceQuotaExceededException for too many updates at once
   */
  update(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    latestVersionId: string,
    updates: Updates,
    flags: UpdateFlags = {},
  ): UpdatedImageSets {
    const { state, imageSets, quotas } = this.#parts;
    const imageSet = imageSets.getExisting(caller, datastoreId, imageSetId);
    const pending = readUpdate(imageSet, updates, flags, quotas.limit("updatePayloadBytes", caller));
    requireFree(imageSet, latestVersionId);
    const siblings = flags.includeStudyImageSets === true ? this.#findSiblings(imageSet, pending) : [];
    for (const sibling of siblings) requireFree(sibling);
    const inUse = lockedInUse(state, datastoreId, "concurrentUpdates");
    quotas.checkQuota("concurrentUpdates", caller, inUse);
    return this.#begin(imageSet, siblings, pending, flags);
  }

  /** Resumes updates that a stop of the process interrupted. */
  resume(): void {
    const { state, work } = this.#parts;
    const known = new Set<string>();
    for (const imageSet of state.imageSets.values()) {
      const { pending } = imageSet;
      if (pending?.kind !== "update" && pending?.kind !== "revert") continue;
      const siblings = siblingsOf(pending).flatMap((id) => state.imageSets.get(id) ?? []);
      for (const { imageSetId } of siblings) known.add(imageSetId);
      if (!work.isUnderWay(imageSet.imageSetId))
        this.#start([imageSet, ...siblings.filter(isSibling)], pending);
    }
    for (const imageSet of state.imageSets.values()) {
      const isAlone = isSibling(imageSet) && imageSet.pending === undefined;
      if (isAlone && !known.has(imageSet.imageSetId)) this.#finish([imageSet.imageSetId], INTERNAL_FAILURE);
    }
  }

  /**
   * Assumed: study-update-levels. Others of the study share what changes of the patient and the study; a change of a
   * series or an instance is one of the named image set.
   */
  #findSiblings(imageSet: ImageSet, pending: PendingUpdate | PendingRevert): ImageSet[] {
    const payloads = pending.kind === "update" ? payloadsOf(pending) : [];
    if (payloads.every((payload) => studyLevelOf(payload) === undefined)) return [];
    return otherPrimariesOfStudy(this.#parts.state.imageSets.inDatastore(imageSet.datastoreId), imageSet);
  }

  #begin(
    imageSet: ImageSet,
    siblings: readonly ImageSet[],
    read: PendingUpdate | PendingRevert,
    { force }: UpdateFlags,
  ): UpdatedImageSets {
    const { state, clock } = this.#parts;
    const begun = { updatedAt: clock.now(), ...(force === true ? ({ isForced: true } as const) : {}) };
    const siblingImageSetIds = siblings.map((sibling) => sibling.imageSetId);
    const pending = siblings.length === 0 ? read : { ...read, siblingImageSetIds };
    const updating = state.update((change): UpdatedImageSets => [
      addVersion(change, imageSet, "UPDATING", begun, { pending }),
      ...siblings.map((sibling) => addVersion(change, sibling, "UPDATING_FOR_STUDY_CONSISTENCY", begun)),
    ]);
    this.#start(updating, pending);
    return updating;
  }

  #start(imageSets: UpdatedImageSets, pending: PendingUpdate | PendingRevert): void {
    const imageSetIds = imageSets.map(({ imageSetId }) => imageSetId);
    this.#parts.work.start<Written>({
      imageSets,
      prepare: () => this.#apply(imageSets, pending),
      statusAfter: (outcome) => (typeof outcome === "string" ? "UPDATE_FAILED" : "UPDATED"),
      finish: (outcome) => this.#finish(imageSetIds, outcome),
      discard: (written) => this.#discard(written),
    });
  }

  /**
   * The new documents, or the reason why the update fails. The latest versions still refer to the old
   * documents.
   */
  async #apply(
    [named, ...siblings]: UpdatedImageSets,
    pending: PendingUpdate | PendingRevert,
  ): Promise<Written | string> {
    const written: (WrittenDocument & { readonly imageSetId: string })[] = [];
    try {
      written.push(await this.#write(named, await this.#change(named, pending)));
      for (const sibling of siblings) written.push(await this.#applyToSibling(sibling, pending));
      return written;
    } catch (error) {
      await this.#discard(written);
      const message = changeMessageOf(error);
      if (message === undefined)
        this.#parts.log.error(`an update of image set ${named.imageSetId} failed`, error);
      return message ?? INTERNAL_FAILURE;
    }
  }

  async #change(imageSet: ImageSet, pending: PendingUpdate | PendingRevert): Promise<MetadataDocument> {
    const { documents } = this.#parts;
    if (pending.kind === "revert") return documents.read(imageSet, versionOf(imageSet, pending.versionId));
    const document = await documents.read(imageSet, latestVersion(imageSet));
    return updateDocument(document, ...payloadsOf(pending), this.#rulesOf(imageSet, pending));
  }

  /** Assumed: failed-study-update. One message for all: it names the image set, which others do not know. */
  async #applyToSibling(sibling: ImageSet, pending: PendingUpdate | PendingRevert) {
    if (pending.kind === "revert") throw new Error("a revert has no siblings");
    const [removable, updatable] = payloadsOf(pending).map(studyLevelOf);
    try {
      const document = await this.#parts.documents.read(sibling, latestVersion(sibling));
      const rules = this.#rulesOf(sibling, pending);
      return await this.#write(sibling, updateDocument(document, removable, updatable, rules));
    } catch (error) {
      if (changeMessageOf(error) === undefined || !(error instanceof Error)) throw error;
      throw new InvalidChange(`Image set ${sibling.imageSetId}: ${error.message}`, { cause: error });
    }
  }

  async #write(imageSet: ImageSet, document: MetadataDocument) {
    const { versionId } = latestVersion(imageSet);
    const written = await this.#parts.documents.write(imageSet, versionId, document);
    return { ...written, imageSetId: imageSet.imageSetId };
  }

  /** `force` is only for image sets that are not primary (facts: image-sets#what-may-be-updated). */
  #rulesOf({ isPrimary }: ImageSet, { isForced }: PendingUpdate): UpdateRules {
    const { updateForce, valueLimits: limits } = this.#parts.behaviours;
    const { removalNeedsForce, unless, unlessPrimary } = updateForce;
    const mayForce = isForced === true && isPrimary !== true;
    return { mayForce, removalNeedsForce, unless: isPrimary === true ? unlessPrimary : unless, limits };
  }

  async #discard(written: Written): Promise<void> {
    for (const { imageSetId, ...document } of written)
      await this.#parts.documents.discard(imageSetId, document);
  }

  /** All image sets of an update end at once, and alike. */
  #finish(imageSetIds: readonly string[], outcome: Written | string): void {
    const { state, clock } = this.#parts;
    const updatedAt = clock.now();
    const pending = undefined;
    const documents = new Map(
      typeof outcome === "string" ? [] : outcome.map(({ imageSetId, ...document }) => [imageSetId, document]),
    );
    state.update((change) => {
      for (const imageSetId of imageSetIds) {
        const imageSet = change.imageSets.get(imageSetId);
        if (imageSet === undefined) continue;
        if (typeof outcome === "string")
          moveLatest(change, imageSet, "UPDATE_FAILED", { updatedAt, message: outcome }, { pending });
        else
          moveLatest(change, imageSet, "UPDATED", { updatedAt, ...documents.get(imageSetId) }, { pending });
      }
    });
  }
}

const siblingsOf = (pending: PendingUpdate | PendingRevert): readonly string[] =>
  pending.kind === "update" ? (pending.siblingImageSetIds ?? []) : [];

const isSibling = (imageSet: ImageSet): boolean =>
  latestVersion(imageSet).imageSetWorkflowStatus === "UPDATING_FOR_STUDY_CONSISTENCY";

const payloadsOf = ({ removableAttributes, updatableAttributes }: PendingUpdate) =>
  [parsePayload(removableAttributes), parsePayload(updatableAttributes)] as const;
