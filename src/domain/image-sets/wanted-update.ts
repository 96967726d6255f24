import { ServiceError } from "../../api/errors.ts";
import type { ImageSet, ImageSetVersion, PendingRevert, PendingUpdate } from "./image-set.ts";
import { readPayload, type JsonObject } from "./metadata/update-payload.ts";

/** The SDK's `MetadataUpdates`. */
export interface Updates {
  readonly DICOMUpdates?:
    | {
        readonly removableAttributes?: Uint8Array | undefined;
        readonly updatableAttributes?: Uint8Array | undefined;
      }
    | undefined;
  readonly revertToVersionId?: string | undefined;
}

export interface UpdateFlags {
  readonly force?: boolean | undefined;
  readonly includeStudyImageSets?: boolean | undefined;
}

/**
 * What a call asks for.
 * Assumed: study-update-of-another. `includeStudyImageSets` is refused for an image set that is not primary.
 * @throws ServiceError ValidationException, or ResourceNotFoundException for a version that does not exist
 */
export function readUpdate(
  imageSet: ImageSet,
  updates: Updates,
  { force, includeStudyImageSets }: UpdateFlags,
  maxBytes: number,
): PendingUpdate | PendingRevert {
  const { revertToVersionId } = updates;
  if (includeStudyImageSets === true) checkStudyWide(imageSet, revertToVersionId);
  if (revertToVersionId !== undefined) return readRevert(imageSet, revertToVersionId);
  return { ...readUpdates(updates, maxBytes), ...(force === true ? { isForced: true } : {}) };
}

function checkStudyWide({ imageSetId, isPrimary }: ImageSet, revertToVersionId: string | undefined): void {
  const refuse = (reason: string): never => {
    throw new ServiceError("ValidationException", `includeStudyImageSets ${reason}`);
  };
  if (revertToVersionId !== undefined) refuse("is not supported with revertToVersionId");
  if (isPrimary !== true) refuse(`is for primary image sets: image set ${imageSetId} is not primary`);
}

/**
 * A new version is made with the content of an older one (facts: image-sets#versions).
 * Assumed: revert-to-unknown-version. A version that does not exist is a ResourceNotFoundException.
 */
function readRevert(imageSet: ImageSet, revertToVersionId: string): PendingRevert {
  return { kind: "revert", versionId: versionOf(imageSet, Number(revertToVersionId)).versionId };
}

/** @throws ServiceError ResourceNotFoundException */
export function versionOf({ imageSetId, versions }: ImageSet, versionId: number): ImageSetVersion {
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

export const parsePayload = (payload: string | null): JsonObject | undefined =>
  payload === null ? undefined : (JSON.parse(payload) as JsonObject);
