import type { StateChange } from "../state.ts";

/** Removes a data store and everything in it without a trace. */
export function dropDatastore(change: StateChange, datastoreId: string): void {
  const { datastores, importJobs, imageSets, clientTokens } = change;
  for (const { imageSetId } of imageSets.inDatastore(datastoreId)) imageSets.drop(imageSetId);
  for (const { jobId } of importJobs.inDatastore(datastoreId)) importJobs.drop(jobId);
  for (const { tokenId } of clientTokens.inDatastore(datastoreId)) clientTokens.drop(tokenId);
  datastores.drop(datastoreId);
}
