import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { StoredDocument, Kind } from "./stored-documents.ts";

/** Marks a dropped data store until its folder is deleted: one write invalidates all of it. */
export const DROPPED = { isDropped: true } as const;

export const isDropped = (document: unknown): boolean =>
  typeof document === "object" && document !== null && "isDropped" in document;

/** The path of a document, below the folder of its generation. */
export function pathOf({ kind, document }: StoredDocument): string {
  const folder = `datastores/${document.datastoreId}`;
  switch (kind) {
    case "datastores":
      return `${folder}/datastore.json`;
    case "importJobs":
      return `${folder}/import-jobs/${document.jobId}.json`;
    case "imageSets":
      return `${folder}/image-sets/${document.imageSetId}/image-set.json`;
    case "clientTokens":
      return `${folder}/client-tokens/${document.tokenId}.json`;
  }
}

/** The record of a running import job's in-flight files: a JSON value a line. */
export const recordPathOf = ({ datastoreId, jobId }: Pick<ImportJob, "datastoreId" | "jobId">): string =>
  `datastores/${datastoreId}/import-jobs/${jobId}${RECORD_ENDING}`;

export const RECORD_ENDING = ".in-hand.ndjson";

const ID = "[0-9a-z-]{1,64}";
const PLACES: readonly (readonly [kind: Kind, place: RegExp])[] = [
  ["datastores", new RegExp(`^datastores/${ID}/datastore[.]json$`)],
  ["importJobs", new RegExp(`^datastores/${ID}/import-jobs/${ID}[.]json$`)],
  ["imageSets", new RegExp(`^datastores/${ID}/image-sets/${ID}/image-set[.]json$`)],
  ["clientTokens", new RegExp(`^datastores/${ID}/client-tokens/${ID}[.]json$`)],
];

/** The kind of the document at a path; undefined for any other path. */
export const kindAt = (path: string): Kind | undefined => PLACES.find(([, place]) => place.test(path))?.[0];
