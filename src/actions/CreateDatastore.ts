import type { CreateDatastoreRequest, CreateDatastoreResponse } from "@aws-sdk/client-medical-imaging";
import type { Datastores } from "../domain/datastores.ts";
import type { Action } from "./action.ts";

export const CreateDatastore =
  ({ datastores }: { datastores: Datastores }): Action<CreateDatastoreRequest, CreateDatastoreResponse> =>
  (input, caller) => {
    const { datastoreId, datastoreStatus } = datastores.create(caller, input);
    return { datastoreId, datastoreStatus };
  };
