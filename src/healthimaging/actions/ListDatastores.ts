import type { DatastoreSummary, ListDatastoresRequest } from "@aws-sdk/client-medical-imaging";
import { datastoreArn } from "../../api/arns.ts";
import type { Datastore } from "../../domain/datastores/datastore.ts";
import type { Datastores } from "../../domain/datastores/datastores.ts";
import type { Action, Nullable } from "./action.ts";

interface ListDatastoresOutput {
  readonly datastoreSummaries: Nullable<DatastoreSummary>[];
  readonly nextToken: string | null;
}

export const ListDatastores =
  ({ datastores }: { datastores: Datastores }): Action<ListDatastoresRequest, ListDatastoresOutput> =>
  ({ datastoreStatus, ...page }, caller) => {
    const { items, nextToken } = datastores.list(caller, datastoreStatus, page);
    return { datastoreSummaries: items.map(summarise), nextToken };
  };

function summarise(datastore: Datastore): Nullable<DatastoreSummary> {
  const { datastoreId, datastoreName, datastoreStatus, createdAt, updatedAt } = datastore;
  return {
    datastoreId,
    datastoreName,
    datastoreStatus,
    datastoreArn: datastoreArn(datastore, datastoreId),
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
  };
}
