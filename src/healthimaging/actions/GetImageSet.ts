import type { GetImageSetRequest, GetImageSetResponse } from "@aws-sdk/client-medical-imaging";
import { imageSetArn } from "../../api/arns.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { Action, Nullable } from "./action.ts";

interface GetImageSetDependencies {
  readonly datastores: Datastores;
  readonly imageSets: ImageSets;
  readonly tiers: StorageTiers;
}

/** Members that the served release does not have are not sent. */
export const GetImageSet =
  ({
    datastores,
    imageSets,
    tiers,
  }: GetImageSetDependencies): Action<GetImageSetRequest, Nullable<GetImageSetResponse>> =>
  ({ datastoreId, imageSetId, versionId }, caller) => {
    const { imageSet, version } = imageSets.get(caller, datastoreId, imageSetId, versionId);
    const { storageTier, lastAccessedAt } = tiers.tierOf(imageSet);
    return {
      datastoreId,
      imageSetId,
      versionId: String(version.versionId),
      imageSetState: version.imageSetState,
      imageSetWorkflowStatus: version.imageSetWorkflowStatus,
      createdAt: new Date(imageSet.createdAt),
      updatedAt: new Date(version.updatedAt),
      deletedAt: imageSet.deletedAt === null ? null : new Date(imageSet.deletedAt),
      message: version.message,
      imageSetArn: imageSetArn(datastores.get(caller, datastoreId), datastoreId, imageSetId),
      isPrimary: imageSet.isPrimary ?? false,
      overrides: version.isForced === true ? { forced: true } : null,
      storageTier,
      lastAccessedAt: new Date(lastAccessedAt),
    };
  };
