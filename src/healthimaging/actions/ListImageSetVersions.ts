import type { ImageSetProperties, ListImageSetVersionsRequest } from "@aws-sdk/client-medical-imaging";
import type { ImageSet, ImageSetVersion } from "../../domain/image-sets/image-set.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { Action, Nullable, Sent } from "./action.ts";

type VersionProperties = Sent<Nullable<ImageSetProperties>>;

interface ListImageSetVersionsOutput {
  readonly imageSetPropertiesList: VersionProperties[];
  readonly nextToken: string | null;
}

export const ListImageSetVersions =
  ({
    imageSets,
  }: {
    imageSets: ImageSets;
  }): Action<ListImageSetVersionsRequest, ListImageSetVersionsOutput> =>
  ({ datastoreId, imageSetId, ...page }, caller) => {
    const { imageSet, items, nextToken } = imageSets.versions(caller, datastoreId, imageSetId, page);
    return {
      imageSetPropertiesList: items.map((version) => versionPropertiesOf(imageSet, version)),
      nextToken,
    };
  };

/** The only member of the API that begins with a capital (facts: image-sets#list-of-versions). */
const versionPropertiesOf = (imageSet: ImageSet, version: ImageSetVersion): VersionProperties => ({
  imageSetId: imageSet.imageSetId,
  versionId: String(version.versionId),
  imageSetState: version.imageSetState,
  ImageSetWorkflowStatus: version.imageSetWorkflowStatus,
  createdAt: new Date(imageSet.createdAt),
  updatedAt: isAsCreated(imageSet, version) ? null : new Date(version.updatedAt),
  deletedAt: imageSet.deletedAt === null ? null : new Date(imageSet.deletedAt),
  message: version.message,
  overrides: version.isForced === true ? { forced: true } : null,
  isPrimary: imageSet.isPrimary ?? false,
});

/**
 * Version 1 has no `updatedAt`, and neither has COPIED until it is changed
 * (facts: image-sets#list-of-versions).
 */
const isAsCreated = (
  { createdAt }: ImageSet,
  { versionId, imageSetWorkflowStatus, updatedAt }: ImageSetVersion,
): boolean => updatedAt === createdAt || (versionId === 1 && imageSetWorkflowStatus === "COPIED");
