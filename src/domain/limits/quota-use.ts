import type { ImageSetWorkflowStatus } from "@aws-sdk/client-medical-imaging";
import type { Scope } from "../../api/arns.ts";
import type { Datastore } from "../datastores/datastore.ts";
import { latestVersion } from "../image-sets/image-set.ts";
import { NEXT_JOB_STATUS } from "../import-jobs/import-job.ts";
import type { QuotaKey } from "./quotas.ts";
import type { State } from "../state.ts";

/** Assumed: counted-data-stores. Those that are CREATING or ACTIVE count. */
const COUNTED: readonly string[] = ["CREATING", "ACTIVE"] satisfies Datastore["datastoreStatus"][];

/** The data stores of an account in a region that count. */
export function datastoresInUse({ datastores }: Pick<State, "datastores">, scope: Scope): number {
  return count(
    datastores.values(),
    ({ account, region, datastoreStatus }) =>
      account === scope.account && region === scope.region && COUNTED.includes(datastoreStatus),
  );
}

/** The import jobs of a data store that are SUBMITTED or IN_PROGRESS. */
export function importJobsInUse({ importJobs }: Pick<State, "importJobs">, datastoreId: string): number {
  return count(importJobs.inDatastore(datastoreId), ({ jobStatus }) => NEXT_JOB_STATUS[jobStatus].length > 0);
}

/** A copy is counted by its source, which can be in only one copy at a time. */
const STATUS = {
  concurrentCopies: "COPYING_WITH_READ_ONLY_ACCESS",
  concurrentDeletions: "DELETING",
  concurrentUpdates: "UPDATING",
} as const satisfies Partial<Record<QuotaKey, ImageSetWorkflowStatus>>;

/** The image sets of a data store that a copy, a deletion or an update has LOCKED. */
export function lockedInUse(
  { imageSets }: Pick<State, "imageSets">,
  datastoreId: string,
  quota: keyof typeof STATUS,
): number {
  return count(
    imageSets.inDatastore(datastoreId),
    (imageSet) => latestVersion(imageSet).imageSetWorkflowStatus === STATUS[quota],
  );
}

/** The users of a quota, with their use: an account in a region, or a data store. */
export type QuotaUse = (Scope | { readonly datastoreId: string }) & { readonly inUse: number };

/** The users of a quota; undefined for a quota of a single request or job. */
export function listUse(state: State, quota: QuotaKey): QuotaUse[] | undefined {
  switch (quota) {
    case "datastores":
      return scopesOf(state).map((scope) => ({ ...scope, inUse: datastoresInUse(state, scope) }));
    case "concurrentImportJobs":
      return eachDatastore(state, (datastoreId) => importJobsInUse(state, datastoreId));
    case "concurrentCopies":
    case "concurrentDeletions":
    case "concurrentUpdates":
      return eachDatastore(state, (datastoreId) => lockedInUse(state, datastoreId, quota));
    case "filesPerImportJob":
    case "foldersPerImportJob":
    case "framesPerCopy":
    case "importFileBytes":
    case "importJobBytes":
    case "metadataBytes":
    case "updatePayloadBytes":
      return undefined;
  }
}

function scopesOf({ datastores }: State): Scope[] {
  const scopes = new Map<string, Scope>();
  for (const { account, region } of datastores.values())
    scopes.set(`${account} ${region}`, { account, region });
  return [...scopes.values()];
}

const eachDatastore = ({ datastores }: State, inUse: (datastoreId: string) => number): QuotaUse[] =>
  [...datastores.values()]
    .map(({ datastoreId }) => ({ datastoreId, inUse: inUse(datastoreId) }))
    .filter((use) => use.inUse > 0);

function count<T>(items: Iterable<T>, isCounted: (item: T) => boolean): number {
  let counted = 0;
  for (const item of items) if (isCounted(item)) counted++;
  return counted;
}
