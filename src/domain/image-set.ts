import type { DICOMTags, ImageSetState, ImageSetWorkflowStatus } from "@aws-sdk/client-medical-imaging";

/** An image set as it is kept: one series of one import, with all its versions, oldest first. */
export interface ImageSet {
  readonly imageSetId: string;
  readonly datastoreId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Null unless it is DELETED. */
  readonly deletedAt: number | null;
  readonly versions: readonly [ImageSetVersion, ...ImageSetVersion[]];
  /** Every frame that a version of it refers to. */
  readonly frameIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface ImageSetVersion {
  /** 1, 2, 3 ... */
  readonly versionId: number;
  readonly imageSetState: ImageSetState;
  readonly imageSetWorkflowStatus: ImageSetWorkflowStatus;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly message: string | null;
  /** Where the blobs keep this version's metadata document. */
  readonly metadataKey: string;
  /** What a search finds it by and shows. */
  readonly dicomTags: DICOMTags;
}

/** Which state may follow which (service-facts 2.17). */
export const NEXT_IMAGE_SET_STATE: Readonly<Record<ImageSetState, readonly ImageSetState[]>> = {
  ACTIVE: ["LOCKED"],
  LOCKED: ["ACTIVE", "DELETED"],
  DELETED: [],
};

export function latestVersion({ versions }: ImageSet): ImageSetVersion {
  return versions.at(-1) ?? versions[0];
}
