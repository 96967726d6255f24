import type { ClientToken } from "../domain/client-token.ts";
import { NEXT_DATASTORE_STATUS, type Datastore } from "../domain/datastore.ts";
import { IMAGE_SET_WORKFLOW, type ImageSet, type ImageSetVersion } from "../domain/image-set.ts";
import { NEXT_JOB_STATUS, type ImportJob } from "../domain/import-job.ts";
import type { Change } from "../domain/state.ts";

type Check = (value: unknown) => boolean;
/** Every member that a document has, in the order in which they are written. */
type Shape<T> = { readonly [Member in keyof Required<T>]: Check };

export type Kind = Change["kind"];
export type DocumentOf<K extends Kind> = { [C in Change as C["kind"]]: C["document"] }[K];

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === "string";
const isTextOrNull: Check = (value) => value === null || typeof value === "string";
const isNumber: Check = Number.isFinite;
const isNumberOrNull: Check = (value) => value === null || Number.isFinite(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isMapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const isOneOf =
  (table: object): Check =>
  (value) =>
    typeof value === "string" && Object.hasOwn(table, value);
const isPending: Check = (value) =>
  value === undefined ||
  (isObject(value) && "kind" in value && ["update", "copy", "push"].includes(String(value.kind)));

const VERSION: Shape<ImageSetVersion> = {
  versionId: isNumber,
  imageSetState: isOneOf({ ACTIVE: 0, LOCKED: 0, DELETED: 0 }),
  imageSetWorkflowStatus: isOneOf(IMAGE_SET_WORKFLOW),
  updatedAt: isNumber,
  message: isTextOrNull,
  metadataKey: isText,
  dicomTags: isObject,
};
const isVersion: Check = (value) => isObject(value) && wrongMember(VERSION, value) === undefined;

const DATASTORE: Shape<Datastore> = {
  datastoreId: isText,
  account: isText,
  region: isText,
  datastoreName: isTextOrNull,
  datastoreStatus: isOneOf(NEXT_DATASTORE_STATUS),
  kmsKeyArn: isTextOrNull,
  tags: isMapOf(isText),
  createdAt: isNumber,
  updatedAt: isNumber,
  statusSince: isNumber,
};
const IMPORT_JOB: Shape<ImportJob> = {
  jobId: isText,
  datastoreId: isText,
  jobName: isTextOrNull,
  jobStatus: isOneOf(NEXT_JOB_STATUS),
  dataAccessRoleArn: isText,
  inputS3Uri: isText,
  outputS3Uri: isText,
  inputOwnerAccountId: isTextOrNull,
  submittedAt: isNumber,
  startedAt: isNumberOrNull,
  endedAt: isNumberOrNull,
  message: isTextOrNull,
};
const IMAGE_SET: Shape<ImageSet> = {
  imageSetId: isText,
  datastoreId: isText,
  createdAt: isNumber,
  deletedAt: isNumberOrNull,
  versions: (value) => Array.isArray(value) && value.length > 0 && value.every(isVersion),
  frameIds: isListOf(isText),
  tags: isMapOf(isText),
  pending: isPending,
};
const CLIENT_TOKEN: Shape<ClientToken> = {
  tokenId: isText,
  datastoreId: isText,
  fingerprint: isText,
  answer: (value) => isObject(value) && "datastoreId" in value,
  createdAt: isNumber,
};

/** Of each kind: what it is called, by what it is known, and what it consists of. */
const KINDS = {
  datastores: { name: "data store", id: "datastoreId", shape: DATASTORE },
  importJobs: { name: "import job", id: "jobId", shape: IMPORT_JOB },
  imageSets: { name: "image set", id: "imageSetId", shape: IMAGE_SET },
  clientTokens: { name: "client token", id: "tokenId", shape: CLIENT_TOKEN },
} as const;

/**
 * Why a value is no document of its kind, in words; undefined where it is one.
 * @param id of the resource that it must be
 * @param datastoreId of the one that it must be in
 */
export function faultOf(kind: Kind, value: unknown, id: string, datastoreId: string): string | undefined {
  const { name, shape, id: idMember } = KINDS[kind];
  if (!isObject(value)) return `is no ${name}`;
  const members = value as Readonly<Record<string, unknown>>;
  const wrong = wrongMember(shape, members);
  if (wrong !== undefined) return `is no ${name}: its ${wrong} is ${wrong in members ? "wrong" : "missing"}`;
  const isIts = members[idMember] === id && members["datastoreId"] === datastoreId;
  return isIts ? undefined : `is the ${name} ${String(members[idMember])} in another's place`;
}

function wrongMember(shape: Readonly<Record<string, Check>>, value: object): string | undefined {
  for (const member in shape)
    if (shape[member]?.((value as Readonly<Record<string, unknown>>)[member]) === false) return member;
  return undefined;
}

type Placed = Change extends infer One
  ? One extends Change
    ? Pick<One, "kind" | "document">
    : never
  : never;

/** The document of a change with its members in the order that all of its kind have, however it came about. */
export function inOrder({ kind, document }: Placed): object {
  if (kind !== "imageSets") return sortMembers(KINDS[kind].shape, document);
  const versions = document.versions.map((version) => sortMembers(VERSION, version));
  return sortMembers(IMAGE_SET, { ...document, versions });
}

/** Those that the shape does not know come last. */
function sortMembers(shape: object, document: object): object {
  const members = Object.keys(shape).filter((member) => member in document);
  return { ...Object.fromEntries(members.map((member) => [member, 0])), ...document };
}
