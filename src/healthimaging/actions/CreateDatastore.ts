import type { CreateDatastoreRequest, CreateDatastoreResponse } from "@aws-sdk/client-medical-imaging";
import type { ClientTokens } from "../../domain/client-tokens.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { Action } from "./action.ts";

interface CreateDatastoreDependencies {
  readonly datastores: Datastores;
  readonly clientTokens: ClientTokens;
}

export const CreateDatastore =
  ({
    datastores,
    clientTokens,
  }: CreateDatastoreDependencies): Action<CreateDatastoreRequest, CreateDatastoreResponse> =>
  (input, caller) =>
    clientTokens.once(caller, "CreateDatastore", input, () => {
      const { datastoreId, datastoreStatus } = datastores.create(caller, input);
      return { datastoreId, datastoreStatus };
    });
