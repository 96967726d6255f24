import type { ValueLimits } from "../../api/limits/value-limits.ts";
import { ServiceError } from "../../api/errors.ts";
import type { Caller } from "../caller.ts";
import type { Clock } from "../time/clock.ts";
import {
  latestVersion,
  type ImageSet,
  type ImageSetVersion,
  type PendingRevert,
  type PendingUpdate,
} from "./image-set.ts";
import { addVersion, moveLatest, requireFree } from "./image-set-transitions.ts";
import type { ImageSets } from "./image-sets.ts";
import { INTERNAL_FAILURE, changeMessageOf } from "./metadata/invalid-change.ts";
import type { LockedWork } from "./locked-work.ts";
import type { Log } from "../log.ts";
import type { MetadataDocuments, WrittenDocument } from "./metadata/metadata-documents.ts";
import type { MetadataDocument } from "./metadata/metadata-document.ts";
import { updateDocument } from "./metadata/metadata-update.ts";
import type { UpdateRules } from "./metadata/update-rules.ts";
import { lockedInUse } from "../limits/quota-use.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { State } from "../state.ts";
import { readPayload, type JsonObject } from "./metadata/update-payload.ts";

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

/** The SDK's `MetadataUpdates`. */
interface Updates {
  readonly DICOMUpdates?:
    | {
        readonly removableAttributes?: Uint8Array | undefined;
        readonly updatableAttributes?: Uint8Array | undefined;
      }
    | undefined;
  readonly revertToVersionId?: string | undefined;
}

/**
 * Takes image sets through UPDATING to UPDATED or UPDATE_FAILED, each time as a new version
 * (facts: image-sets#answer-of-an-update, image-sets#versions).
 * Assumed: failed-update-version. A failed update uses up its version number, with the content of the version
 * before it.
 */
export class ImageSetUpdates {
  readonly #parts: ImageSetUpdatesDependencies;

  constructor(parts: ImageSetUpdatesDependencies) {
    this.#parts = parts;
  }

  /**
   * @returns the image set with its new version
   * @throws ServiceError ValidationException for an unreadable payload, ConflictException for an image set
   * that is LOCKED or has another latest version, ServiceQuotaExceededException for too many updates at once
   */
  update(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    latestVersionId: string,
    updates: Updates,
    force = false,
  ): ImageSet {
    const { state, clock, imageSets, quotas } = this.#parts;
    const imageSet = imageSets.getExisting(caller, datastoreId, imageSetId);
    const { revertToVersionId } = updates;
    const isForced = force ? ({ isForced: true } as const) : {};
    const pending =
      revertToVersionId === undefined
        ? { ...readUpdates(updates, quotas.limit("updatePayloadBytes", caller)), ...isForced }
        : readRevert(imageSet, revertToVersionId);
    requireFree(imageSet, latestVersionId);
    const inUse = lockedInUse(state, datastoreId, "concurrentUpdates");
    quotas.checkQuota("concurrentUpdates", caller, inUse);
    const updating = state.update((change) =>
      addVersion(change, imageSet, "UPDATING", { updatedAt: clock.now(), ...isForced }, { pending }),
    );
    this.#start(updating, pending);
    return updating;
  }

  /** Resumes updates that a stop of the process interrupted. */
  resume(): void {
    for (const imageSet of this.#parts.state.imageSets.values()) {
      const { pending } = imageSet;
      if (pending?.kind !== "update" && pending?.kind !== "revert") continue;
      if (!this.#parts.work.isUnderWay(imageSet.imageSetId)) this.#start(imageSet, pending);
    }
  }

  #start(imageSet: ImageSet, pending: PendingUpdate | PendingRevert): void {
    const { imageSetId } = imageSet;
    this.#parts.work.start<WrittenDocument>({
      imageSets: [imageSet],
      prepare: () => this.#apply(imageSet, pending),
      statusAfter: (outcome) => (typeof outcome === "string" ? "UPDATE_FAILED" : "UPDATED"),
      finish: (outcome) => this.#finish(imageSetId, outcome),
      discard: (written) => this.#parts.documents.discard(imageSetId, written),
    });
  }

  /**
   * The new document, or the reason why the update fails. The latest version still refers to the old
   * document.
   */
  async #apply(
    imageSet: ImageSet,
    pending: PendingUpdate | PendingRevert,
  ): Promise<WrittenDocument | string> {
    const { documents, log } = this.#parts;
    const latest = latestVersion(imageSet);
    try {
      return await documents.write(imageSet, latest.versionId, await this.#change(imageSet, pending));
    } catch (error) {
      const message = changeMessageOf(error);
      if (message === undefined) log.error(`an update of image set ${imageSet.imageSetId} failed`, error);
      return message ?? INTERNAL_FAILURE;
    }
  }

  async #change(imageSet: ImageSet, pending: PendingUpdate | PendingRevert): Promise<MetadataDocument> {
    const { documents } = this.#parts;
    if (pending.kind === "revert") return documents.read(imageSet, versionOf(imageSet, pending.versionId));
    return updateDocument(
      await documents.read(imageSet, latestVersion(imageSet)),
      parse(pending.removableAttributes),
      parse(pending.updatableAttributes),
      this.#rulesOf(imageSet, pending),
    );
  }

  /** `force` is only for image sets that are not primary (facts: image-sets#what-may-be-updated). */
  #rulesOf({ isPrimary }: ImageSet, { isForced }: PendingUpdate): UpdateRules {
    const { updateForce, valueLimits: limits } = this.#parts.behaviours;
    const { removalNeedsForce, unless, unlessPrimary } = updateForce;
    const mayForce = isForced === true && isPrimary !== true;
    return { mayForce, removalNeedsForce, unless: isPrimary === true ? unlessPrimary : unless, limits };
  }

  #finish(imageSetId: string, outcome: WrittenDocument | string): void {
    const { state, clock } = this.#parts;
    const updatedAt = clock.now();
    state.update((change) => {
      const imageSet = change.imageSets.get(imageSetId);
      if (imageSet === undefined) return;
      const done = { pending: undefined };
      if (typeof outcome === "string")
        moveLatest(change, imageSet, "UPDATE_FAILED", { updatedAt, message: outcome }, done);
      else moveLatest(change, imageSet, "UPDATED", { updatedAt, ...outcome }, done);
    });
  }
}

/**
 * A new version is made with the content of an older one (facts: image-sets#versions).
 * Assumed: revert-to-unknown-version. A version that does not exist is a ResourceNotFoundException.
 */
function readRevert(imageSet: ImageSet, revertToVersionId: string): PendingRevert {
  return { kind: "revert", versionId: versionOf(imageSet, Number(revertToVersionId)).versionId };
}

function versionOf({ imageSetId, versions }: ImageSet, versionId: number): ImageSetVersion {
  const version = versions.find((candidate) => candidate.versionId === versionId);
  if (version !== undefined) return version;
  throw new ServiceError(
    "ResourceNotFoundException",
    `Version ${versionId} of image set ${imageSetId} does not exist`,
  );
}

function readUpdates({ DICOMUpdates = {} }: Updates, maxBytes: number): PendingUpdate {
  const { removableAttributes, updatableAttributes } = DICOMUpdates;
  if (removableAttributes === undefined && updatableAttributes === undefined) {
    throw new ServiceError(
      "ValidationException",
      "DICOMUpdates has neither removableAttributes nor updatableAttributes",
    );
  }
  // Assumed: payload-quota. The quota applies to both payloads together.
  const byteLength = (removableAttributes?.length ?? 0) + (updatableAttributes?.length ?? 0);
  if (byteLength > maxBytes) {
    throw new ServiceError(
      "ValidationException",
      `The attributes have ${byteLength} bytes, at most ${maxBytes} are allowed`,
    );
  }
  const read = (name: string, bytes: Uint8Array | undefined): string | null =>
    bytes === undefined ? null : readPayload(name, bytes);
  return {
    kind: "update",
    removableAttributes: read("removableAttributes", removableAttributes),
    updatableAttributes: read("updatableAttributes", updatableAttributes),
  };
}

const parse = (payload: string | null): JsonObject | undefined =>
  payload === null ? undefined : (JSON.parse(payload) as JsonObject);
