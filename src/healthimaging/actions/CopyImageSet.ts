import type {
  CopyDestinationImageSetProperties,
  CopyImageSetRequest,
  CopyImageSetResponse,
} from "@aws-sdk/client-medical-imaging";
import { imageSetArn, type Scope } from "../../api/arns.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import { latestVersion, type ImageSet } from "../../domain/image-sets/image-set.ts";
import type { ImageSetCopies } from "../../domain/image-sets/image-set-copies.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { Action, Sent } from "./action.ts";

interface CopyImageSetDependencies {
  readonly datastores: Datastores;
  readonly copies: ImageSetCopies;
  readonly tiers: StorageTiers;
}

export const CopyImageSet =
  ({
    datastores,
    copies,
    tiers,
  }: CopyImageSetDependencies): Action<CopyImageSetRequest, CopyImageSetResponse> =>
  async ({ datastoreId, sourceImageSetId, copyImageSetInformation, force, promoteToPrimary }, caller) => {
    const { source, destination } = await copies.copy(
      caller,
      datastoreId,
      sourceImageSetId,
      copyImageSetInformation,
      { force, promoteToPrimary },
    );
    for (const { imageSetId } of [source, destination]) tiers.touch(imageSetId);
    const scope = datastores.get(caller, datastoreId);
    return {
      datastoreId,
      sourceImageSetProperties: destinationPropertiesOf(scope, source),
      destinationImageSetProperties: destinationPropertiesOf(scope, destination),
    };
  };

/** The members of both are the same. */
function destinationPropertiesOf(scope: Scope, imageSet: ImageSet): Sent<CopyDestinationImageSetProperties> {
  const { versionId, imageSetState, imageSetWorkflowStatus, updatedAt } = latestVersion(imageSet);
  return {
    imageSetId: imageSet.imageSetId,
    latestVersionId: String(versionId),
    imageSetState,
    imageSetWorkflowStatus,
    createdAt: new Date(imageSet.createdAt),
    updatedAt: new Date(updatedAt),
    imageSetArn: imageSetArn(scope, imageSet.datastoreId, imageSet.imageSetId),
  };
}
