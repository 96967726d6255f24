import type {
  UpdateImageSetMetadataRequest,
  UpdateImageSetMetadataResponse,
} from "@aws-sdk/client-medical-imaging";
import { latestVersion } from "../../domain/image-sets/image-set.ts";
import type { ImageSetUpdates } from "../../domain/image-sets/image-set-updates.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { Action, Nullable } from "./action.ts";

/** The answer shows the new version (facts: image-sets#answer-of-an-update). */
export const UpdateImageSetMetadata =
  ({
    updates,
    tiers,
  }: {
    updates: ImageSetUpdates;
    tiers: StorageTiers;
  }): Action<UpdateImageSetMetadataRequest, Nullable<UpdateImageSetMetadataResponse>> =>
  ({ datastoreId, imageSetId, latestVersionId, force, updateImageSetMetadataUpdates }, caller) => {
    const imageSet = updates.update(
      caller,
      datastoreId,
      imageSetId,
      latestVersionId,
      updateImageSetMetadataUpdates,
      force,
    );
    tiers.touch(imageSetId);
    const version = latestVersion(imageSet);
    return {
      datastoreId,
      imageSetId,
      latestVersionId: String(version.versionId),
      imageSetState: version.imageSetState,
      imageSetWorkflowStatus: version.imageSetWorkflowStatus,
      createdAt: new Date(imageSet.createdAt),
      updatedAt: new Date(version.updatedAt),
      message: version.message,
    };
  };
