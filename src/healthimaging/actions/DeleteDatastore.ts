import type { DeleteDatastoreRequest, DeleteDatastoreResponse } from "@aws-sdk/client-medical-imaging";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { Action } from "./action.ts";

export const DeleteDatastore =
  ({ datastores }: { datastores: Datastores }): Action<DeleteDatastoreRequest, DeleteDatastoreResponse> =>
  (input, caller) => {
    const { datastoreId, datastoreStatus } = datastores.delete(caller, input.datastoreId);
    return { datastoreId, datastoreStatus };
  };
