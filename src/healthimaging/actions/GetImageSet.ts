import type { GetImageSetRequest, GetImageSetResponse } from "@aws-sdk/client-medical-imaging";
import { imageSetArn } from "../../api/arns.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { Action, Nullable } from "./action.ts";

interface GetImageSetDependencies {
  readonly datastores: Datastores;
  readonly imageSets: ImageSets;
}

export const GetImageSet =
  ({
    datastores,
    imageSets,
  }: GetImageSetDependencies): Action<GetImageSetRequest, Nullable<GetImageSetResponse>> =>
  ({ datastoreId, imageSetId, versionId }, caller) => {
    const { imageSet, version } = imageSets.get(caller, datastoreId, imageSetId, versionId);
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
    };
  };
