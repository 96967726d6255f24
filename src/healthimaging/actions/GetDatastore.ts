import type { DatastoreProperties, GetDatastoreRequest } from "@aws-sdk/client-medical-imaging";
import { datastoreArn } from "../../api/arns.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { Action, Nullable } from "./action.ts";

export const GetDatastore =
  ({
    datastores,
  }: {
    datastores: Datastores;
  }): Action<GetDatastoreRequest, { datastoreProperties: Nullable<DatastoreProperties> }> =>
  ({ datastoreId }, caller) => {
    const datastore = datastores.get(caller, datastoreId);
    const { datastoreName, datastoreStatus, kmsKeyArn, createdAt, updatedAt } = datastore;
    return {
      datastoreProperties: {
        datastoreId,
        datastoreName,
        datastoreStatus,
        kmsKeyArn,
        datastoreArn: datastoreArn(datastore, datastoreId),
        createdAt: new Date(createdAt),
        updatedAt: new Date(updatedAt),
      },
    };
  };
