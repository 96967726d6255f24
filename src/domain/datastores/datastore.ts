import type { DatastoreStatus } from "@aws-sdk/client-medical-imaging";
import type { Scope } from "../../api/arns.ts";

/** The stored form of a data store. Times are milliseconds since 1970. */
export interface Datastore extends Scope {
  readonly datastoreId: string;
  readonly datastoreName: string | null;
  readonly datastoreStatus: DatastoreStatus;
  readonly kmsKeyArn: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** Stays `createdAt` when creation ends (facts: datastores#timestamps). */
  readonly updatedAt: number;
  readonly statusSince: number;
}

/** Which status may follow which (facts: datastores#states). */
export const NEXT_DATASTORE_STATUS: Readonly<Record<DatastoreStatus, readonly DatastoreStatus[]>> = {
  CREATING: ["ACTIVE", "CREATE_FAILED"],
  CREATE_FAILED: ["DELETING"],
  ACTIVE: ["DELETING"],
  DELETING: ["DELETED"],
  DELETED: [],
};
