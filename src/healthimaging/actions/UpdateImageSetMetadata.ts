import type {
  UpdateImageSetMetadataRequest,
  UpdateImageSetMetadataResponse,
} from "@aws-sdk/client-medical-imaging";
import { latestVersion } from "../../domain/image-sets/image-set.ts";
import type { ImageSetUpdates } from "../../domain/image-sets/image-set-updates.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { Action, Nullable } from "./action.ts";

/** The SDK's newest client lacks an input. */
type Request = UpdateImageSetMetadataRequest & { readonly includeStudyImageSets?: boolean | undefined };

/** The answer shows the new version (facts: image-sets#answer-of-an-update). */
export const UpdateImageSetMetadata =
  ({
    updates,
    tiers,
  }: {
    updates: ImageSetUpdates;
    tiers: StorageTiers;
  }): Action<Request, Nullable<UpdateImageSetMetadataResponse>> =>
  ({ datastoreId, imageSetId, latestVersionId, updateImageSetMetadataUpdates, ...flags }, caller) => {
    const updated = updates.update(
      caller,
      datastoreId,
      imageSetId,
      latestVersionId,
      updateImageSetMetadataUpdates,
      flags,
    );
    for (const touched of updated) tiers.touch(touched.imageSetId);
    const [imageSet] = updated;
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
