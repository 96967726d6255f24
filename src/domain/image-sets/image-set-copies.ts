import { ServiceError } from "../../api/errors.ts";
import type { Caller } from "../caller.ts";
import type { Clock } from "../time/clock.ts";
import { frameIdsOf, mergeDocuments } from "./metadata/copy-document.ts";
import type { CreateId } from "../ids.ts";
import { latestVersion, type ImageSet, type ImageSetVersion, type PendingCopy } from "./image-set.ts";
import { addVersion, moveLatest, requireFree } from "./image-set-transitions.ts";
import type { ImageSets } from "./image-sets.ts";
import { INTERNAL_FAILURE, InvalidChange, changeMessageOf } from "./metadata/invalid-change.ts";
import { findPrimary } from "./primary-image-sets.ts";
import type { LockedWork } from "./locked-work.ts";
import type { Log } from "../log.ts";
import type { MetadataDocument } from "./metadata/metadata-document.ts";
import type { MetadataDocuments, WrittenDocument } from "./metadata/metadata-documents.ts";
import { lockedInUse } from "../limits/quota-use.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { State, StateChange } from "../state.ts";
import { framesOf, type Frames } from "./stored-blobs.ts";
import { readWanted, selectFor, type CopyFlags, type CopyVersions, type WantedCopy } from "./wanted-copy.ts";

interface ImageSetCopiesDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly createId: CreateId;
  readonly imageSets: ImageSets;
  readonly documents: MetadataDocuments;
  readonly work: LockedWork;
  readonly quotas: Quotas;
  readonly log: Log;
}

/** The two image sets of a copy, LOCKED. */
export interface Copy {
  readonly source: ImageSet;
  readonly destination: ImageSet;
}

/** The destination after the copy: its document and its new frames. */
type Copied = WrittenDocument & Frames;

/**
 * Copies image sets within a data store: the source is COPYING_WITH_READ_ONLY_ACCESS, the
 * destination COPYING, then both COPIED or COPY_FAILED (facts: image-sets#copies).
 * Assumed: copies-share-frames. A frame keeps its id in the copy. Frames are not copied: they belong to
 * every image set that refers to them.
 */
export class ImageSetCopies {
  readonly #parts: ImageSetCopiesDependencies;

  constructor(parts: ImageSetCopiesDependencies) {
    this.#parts = parts;
  }

  /**
   * @throws ServiceError ConflictException if one of the two is LOCKED or has another latest version,
   * ServiceQuotaExceededException for too many frames, or too many copies at once
   */
  async copy(
    caller: Caller,
    datastoreId: string,
    sourceImageSetId: string,
    versions: CopyVersions,
    flags: CopyFlags = {},
  ): Promise<Copy> {
    const { documents } = this.#parts;
    const wanted = readWanted(versions, flags);
    const find = (): Copy | { source: ImageSet; destination: undefined } =>
      this.#find(caller, datastoreId, sourceImageSetId, versions);
    const { source } = find();
    const document = selectFor(wanted, await documents.read(source, latestVersion(source)));
    this.#checkFrames(caller, document);
    if (versions.destinationImageSet !== undefined) return this.#begin(find, undefined, document, wanted);
    const created = await this.#writeNew(source, document);
    try {
      return this.#begin(find, created, document, wanted);
    } catch (error) {
      await documents.remove(latestVersion(created));
      throw error;
    }
  }

  /** Resumes copies that a stop of the process interrupted. */
  resume(): void {
    const { state, work } = this.#parts;
    const sources = new Set<string>();
    for (const imageSet of state.imageSets.values()) {
      if (imageSet.pending?.kind !== "copy") continue;
      sources.add(imageSet.pending.sourceImageSetId);
      if (!work.isUnderWay(imageSet.imageSetId)) this.#start(imageSet, imageSet.pending);
    }
    for (const imageSet of state.imageSets.values()) {
      if (imageSet.pending !== undefined || sources.has(imageSet.imageSetId)) continue;
      if (isSource(imageSet)) this.#release(imageSet.imageSetId);
    }
  }

  #find(caller: Caller, datastoreId: string, sourceImageSetId: string, versions: CopyVersions) {
    const { state, imageSets, quotas } = this.#parts;
    const { sourceImageSet, destinationImageSet } = versions;
    const source = imageSets.getExisting(caller, datastoreId, sourceImageSetId);
    requireFree(source, sourceImageSet?.latestVersionId);
    const inUse = lockedInUse(state, datastoreId, "concurrentCopies");
    quotas.checkQuota("concurrentCopies", caller, inUse);
    if (destinationImageSet === undefined) return { source, destination: undefined };
    const { imageSetId = "", latestVersionId } = destinationImageSet;
    if (imageSetId === sourceImageSetId) {
      // Assumed: copy-to-itself. It is not documented.
      throw new ServiceError("ValidationException", "An image set cannot be copied to itself");
    }
    const destination = imageSets.getExisting(caller, datastoreId, imageSetId);
    requireFree(destination, latestVersionId);
    return { source, destination };
  }

  #checkFrames(caller: Caller, document: MetadataDocument): void {
    const frameCount = frameIdsOf(document).length;
    const maxFramesPerCopy = this.#parts.quotas.limit("framesPerCopy", caller);
    if (frameCount <= maxFramesPerCopy) return;
    // Assumed: copy-frame-quota. Checked at once, before anything is LOCKED.
    throw new ServiceError(
      "ServiceQuotaExceededException",
      `The image set has ${frameCount} image frames, at most ${maxFramesPerCopy} can be copied`,
    );
  }

  /** Written before the image set exists, so that it can be read while it is LOCKED. */
  async #writeNew(source: ImageSet, copied: MetadataDocument): Promise<ImageSet> {
    const { documents, createId, clock } = this.#parts;
    const { datastoreId } = source;
    const imageSetId = createId();
    const document = { ...copied, ImageSetID: imageSetId };
    const written = await documents.write({ datastoreId, imageSetId }, 1, document);
    const createdAt = clock.now();
    return {
      imageSetId,
      datastoreId,
      createdAt,
      deletedAt: null,
      versions: [
        {
          versionId: 1,
          imageSetState: "LOCKED",
          imageSetWorkflowStatus: "COPYING",
          updatedAt: createdAt,
          message: null,
          ...written,
        },
      ],
      ...framesOf(frameIdsOf(document), [source]),
      // Assumed: copy-without-tags. A copy has no tags of its source.
      tags: {},
    };
  }

  /** Checks both image sets again: they may have changed meanwhile. */
  #begin(
    find: () => { source: ImageSet; destination: ImageSet | undefined },
    created: ImageSet | undefined,
    document: MetadataDocument,
    wanted: WantedCopy,
  ): Copy {
    const { state, clock } = this.#parts;
    const updatedAt = clock.now();
    const copy = state.update((change) => {
      const { source, destination } = find();
      const pending = { kind: "copy", sourceImageSetId: source.imageSetId, ...wanted } as const;
      const forced = wanted.isForced === true ? ({ isForced: true } as const) : {};
      const locked = moveLatest(change, source, "COPYING_WITH_READ_ONLY_ACCESS", { updatedAt });
      if (destination !== undefined) {
        return {
          source: locked,
          destination: addVersion(change, destination, "COPYING", { updatedAt, ...forced }, { pending }),
        };
      }
      if (created === undefined) throw new Error("a copy has a destination");
      const copying = { ...created, pending };
      change.imageSets.put(copying);
      return { source: locked, destination: copying };
    });
    this.#start(copy.destination, { ...wanted, sourceImageSetId: copy.source.imageSetId }, document);
    return copy;
  }

  #start(destination: ImageSet, pending: Pending, document?: MetadataDocument): void {
    const { imageSetId } = destination;
    const { sourceImageSetId } = pending;
    const source = this.#parts.state.imageSets.get(sourceImageSetId);
    this.#parts.work.start<Copied>({
      imageSets: source !== undefined && isSource(source) ? [destination, source] : [destination],
      prepare: () => this.#merge(destination, pending, document),
      statusAfter: (outcome) => (typeof outcome === "string" ? "COPY_FAILED" : "COPIED"),
      finish: (outcome) => this.#finish(imageSetId, pending, outcome),
      discard: (copied) => this.#parts.documents.discard(imageSetId, copied),
    });
  }

  async #merge(
    destination: ImageSet,
    pending: Pending,
    known: MetadataDocument | undefined,
  ): Promise<Copied | string> {
    const { documents, log } = this.#parts;
    const latest = latestVersion(destination);
    // A new image set has already been written in its final form.
    if (latest.versionId === 1)
      return this.#conflictOf(destination, pending) ?? { ...pickDocument(latest), frameIds: [] };
    try {
      const from = this.#get(pending.sourceImageSetId);
      const source = known ?? selectFor(pending, await documents.read(from, latestVersion(from)));
      const document = mergeDocuments(source, await documents.read(destination, latest), pending.isForced);
      const written = await documents.write(destination, latest.versionId, document);
      return { ...written, ...framesOf(frameIdsOf(source), [from]) };
    } catch (error) {
      const message = changeMessageOf(error);
      if (message === undefined) log.error(`a copy to image set ${destination.imageSetId} failed`, error);
      return message ?? INTERNAL_FAILURE;
    }
  }

  /**
   * Assumed: promotion-beside-a-primary. A copy cannot be promoted while its series has a primary image set: COPY_FAILED,
   * with a message of ours.
   */
  #conflictOf(destination: ImageSet, { isPromoted }: Pending): string | undefined {
    const { state } = this.#parts;
    const ofStore = state.imageSets.inDatastore(destination.datastoreId);
    const primary = isPromoted === true ? findPrimary(ofStore, destination) : undefined;
    if (primary === undefined) return undefined;
    return changeMessageOf(new InvalidChange(`Image set ${primary.imageSetId} is primary for the series.`));
  }

  #get(imageSetId: string): ImageSet {
    const imageSet = this.#parts.state.imageSets.get(imageSetId);
    if (imageSet === undefined) throw new Error(`image set ${imageSetId} no longer exists`);
    return imageSet;
  }

  /**
   * Assumed: failed-copy-source. The source is COPY_FAILED too, unless it no longer exists because its
   * document was damaged.
   */
  #finish(destinationImageSetId: string, copied: Pending, prepared: Copied | string): void {
    const { state, clock } = this.#parts;
    const { sourceImageSetId, isPromoted } = copied;
    const updatedAt = clock.now();
    state.update((change) => {
      const destination = this.#get(destinationImageSetId);
      // Another copy may have been promoted meanwhile.
      const outcome = this.#conflictOf(destination, copied) ?? prepared;
      const source = change.imageSets.get(sourceImageSetId);
      const held = source !== undefined && isSource(source) ? source : undefined;
      const pending = undefined;
      if (typeof outcome === "string") {
        const failed = { updatedAt, message: outcome };
        moveLatest(change, destination, "COPY_FAILED", failed, { pending });
        if (held !== undefined) moveLatest(change, held, "COPY_FAILED", failed);
        return;
      }
      const { frameIds, frameChecksums = [], ...document } = outcome;
      const frames = framesOf(
        [...destination.frameIds, ...frameIds],
        [{ frameIds, frameChecksums }, destination],
      );
      const promoted = isPromoted === true ? ({ isPrimary: true } as const) : {};
      moveLatest(
        change,
        destination,
        "COPIED",
        { updatedAt, ...document },
        { pending, ...frames, ...promoted },
      );
      if (held !== undefined) moveLatest(change, held, "COPIED", { updatedAt });
    });
  }

  /** Releases a source whose destination was never stored. */
  #release(imageSetId: string): void {
    const { state, clock } = this.#parts;
    const failed = { updatedAt: clock.now(), message: INTERNAL_FAILURE };
    state.update((change: StateChange) => moveLatest(change, this.#get(imageSetId), "COPY_FAILED", failed));
  }
}

type Pending = Omit<PendingCopy, "kind">;

const isSource = (imageSet: ImageSet): boolean =>
  latestVersion(imageSet).imageSetWorkflowStatus === "COPYING_WITH_READ_ONLY_ACCESS";

const pickDocument = ({ metadataKey, metadataChecksum, dicomTags }: ImageSetVersion): WrittenDocument => ({
  metadataKey,
  ...(metadataChecksum === undefined ? {} : { metadataChecksum }),
  dicomTags,
});
