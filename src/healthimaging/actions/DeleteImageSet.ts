import type { DeleteImageSetRequest, DeleteImageSetResponse } from "@aws-sdk/client-medical-imaging";
import type { ImageSetDeletions } from "../../domain/image-sets/image-set-deletions.ts";
import type { Action } from "./action.ts";

export const DeleteImageSet =
  ({ deletions }: { deletions: ImageSetDeletions }): Action<DeleteImageSetRequest, DeleteImageSetResponse> =>
  ({ datastoreId, imageSetId }, caller) => {
    const { imageSetState, imageSetWorkflowStatus } = deletions.delete(caller, datastoreId, imageSetId);
    return { datastoreId, imageSetId, imageSetState, imageSetWorkflowStatus };
  };
