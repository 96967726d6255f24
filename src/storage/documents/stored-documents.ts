import type { StoredBlob } from "../../domain/blobs.ts";
import { latestVersion } from "../../domain/image-sets/image-set.ts";
import type { Change, State } from "../../domain/state.ts";
import { storedFrame, storedMetadata } from "../../domain/image-sets/stored-blobs.ts";

export type Kind = Change["kind"];

/** A document with its kind. */
export type StoredDocument = {
  readonly [Name in Kind]: { readonly kind: Name; readonly document: DocumentOf<Name> };
}[Kind];

export type DocumentOf<Name extends Kind> = { [C in Change as C["kind"]]: C["document"] }[Name];

/** All documents of a state at this moment, in a reproducible order. */
export function documentsOf(state: State): StoredDocument[] {
  const of = <Name extends Kind>(kind: Name, documents: Iterable<DocumentOf<Name>>) =>
    [...documents].map((document) => ({ kind, document }) as StoredDocument).toSorted(byTime);
  return [
    ...of("datastores", state.datastores.values()),
    ...of("importJobs", state.importJobs.values()),
    ...of("imageSets", state.imageSets.values()),
    ...of("clientTokens", state.clientTokens.values()),
  ];
}

/** The blobs that a document refers to; those of a deleted image set are deleted. */
export function blobsOf({ kind, document }: StoredDocument): StoredBlob[] {
  if (kind !== "imageSets" || latestVersion(document).imageSetState === "DELETED") return [];
  const frames = document.frameIds.map((_, index) => storedFrame(document, index));
  return [...frames, ...document.versions.map((version) => storedMetadata(document, version))];
}

export const blobKeysOf = (stored: StoredDocument): string[] => blobsOf(stored).map(({ key }) => key);

export function idOf({ kind, document }: StoredDocument): string {
  switch (kind) {
    case "datastores":
      return document.datastoreId;
    case "importJobs":
      return document.jobId;
    case "imageSets":
      return document.imageSetId;
    case "clientTokens":
      return document.tokenId;
  }
}

const timeOf = ({ kind, document }: StoredDocument): number =>
  kind === "importJobs" ? document.submittedAt : document.createdAt;

const byTime = (a: StoredDocument, b: StoredDocument): number =>
  timeOf(a) - timeOf(b) || (idOf(a) < idOf(b) ? -1 : 1);
