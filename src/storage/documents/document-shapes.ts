import { isRecord } from "../../api/json.ts";
import { isAccount } from "../../api/account.ts";
import type { ClientToken } from "../../domain/client-token.ts";
import { LAST_TIME } from "../../domain/time/clock.ts";
import { NEXT_DATASTORE_STATUS, type Datastore } from "../../domain/datastores/datastore.ts";
import {
  IMAGE_SET_WORKFLOW,
  type ImageSet,
  type ImageSetVersion,
  type PendingCopy,
  type PendingImport,
  type PendingOverride,
  type PendingRevert,
  type PendingUpdate,
} from "../../domain/image-sets/image-set.ts";
import type { ImportConfiguration, MetadataMapping } from "../../domain/import-jobs/import-configuration.ts";
import { NEXT_JOB_STATUS, type ImportJob } from "../../domain/import-jobs/import-job.ts";
import { faultOfImageSet } from "./image-set-faults.ts";
import type { StoredDocument, Kind } from "./stored-documents.ts";

type Check = (value: unknown) => boolean;
/** Every member that a document has, in the order in which they are written. */
type Shape<T> = { readonly [Member in keyof Required<T>]: Check };
type Members = Readonly<Record<string, unknown>>;

const isText: Check = (value) => typeof value === "string";
const isLike =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);
/** A component of paths. */
const isId = isLike(/^[0-9a-z-]{1,64}$/);
const isTime: Check = (value) => typeof value === "number" && value >= 0 && value <= LAST_TIME;
const isTrue: Check = (value) => value === true;
const isNull: Check = (value) => value === null;
/** Plain loops here and below: a start checks each document of a folder. */
const isAnyOf = (...checks: readonly Check[]): Check =>
  checks.reduce(
    (some, check): Check =>
      (value) =>
        some(value) || check(value),
  );
/** A member that older documents lack. */
const isAbsentOr = (check: Check): Check => isAnyOf((value) => value === undefined, check);
const isTextOrNull = isAnyOf(isText, isNull);
const isTimeOrNull = isAnyOf(isTime, isNull);
const isListOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return false;
    for (const item of value as readonly unknown[]) if (!check(item)) return false;
    return true;
  };
const isMapOf =
  (check: Check): Check =>
  (value) => {
    if (!isRecord(value)) return false;
    for (const item of Object.values(value)) if (!check(item)) return false;
    return true;
  };
const isKeyOf =
  (table: object): Check =>
  (value) =>
    typeof value === "string" && Object.hasOwn(table, value);
const isShaped =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && wrongMember(shape, value) === undefined;

const UPDATE: Shape<PendingUpdate> = {
  kind: isLike(/^update$/),
  removableAttributes: isTextOrNull,
  updatableAttributes: isTextOrNull,
  isForced: isAbsentOr(isTrue),
  siblingImageSetIds: isAbsentOr(isListOf(isId)),
};
const REVERT: Shape<PendingRevert> = { kind: isLike(/^revert$/), versionId: Number.isSafeInteger };
const COPY: Shape<PendingCopy> = {
  kind: isLike(/^copy$/),
  sourceImageSetId: isId,
  copiableAttributes: isAbsentOr(isText),
  isForced: isAbsentOr(isTrue),
  isPromoted: isAbsentOr(isTrue),
};
const IMPORT: Shape<PendingImport> = { kind: isLike(/^import$/), jobId: isId };
const PUSH: Shape<PendingOverride> = { kind: isLike(/^push$/) };
const isChecksum = isLike(/^(?:0|[1-9]\d{0,14})-[0-9a-f]{8}$/);
const VERSION: Shape<ImageSetVersion> = {
  versionId: Number.isSafeInteger,
  imageSetState: isText,
  imageSetWorkflowStatus: isKeyOf(IMAGE_SET_WORKFLOW),
  updatedAt: isTime,
  message: isTextOrNull,
  metadataKey: isText,
  metadataChecksum: isAbsentOr(isChecksum),
  dicomTags: isMapOf(isAnyOf(isText, Number.isFinite)),
  isForced: isAbsentOr(isTrue),
};

const DATASTORE: Shape<Datastore> = {
  datastoreId: isId,
  account: (value) => typeof value === "string" && isAccount(value),
  region: isLike(/^[a-z0-9-]{1,64}$/),
  datastoreName: isTextOrNull,
  datastoreStatus: isKeyOf(NEXT_DATASTORE_STATUS),
  kmsKeyArn: isTextOrNull,
  tags: isMapOf(isText),
  createdAt: isTime,
  updatedAt: isTime,
  statusSince: isTime,
};
const MAPPING: Shape<MetadataMapping> = {
  studyInstanceUID: isText,
  seriesInstanceUID: isAbsentOr(isText),
  metadataFilePath: isText,
};
const JSON_METADATA: Shape<ImportConfiguration["dicomJsonMetadataImportConfiguration"]> = {
  dicomMetadataMappings: isListOf(isShaped(MAPPING)),
};
const IMPORT_CONFIGURATION: Shape<ImportConfiguration> = {
  dicomJsonMetadataImportConfiguration: isShaped(JSON_METADATA),
};
const IMPORT_JOB: Shape<ImportJob> = {
  jobId: isId,
  datastoreId: isId,
  jobName: isTextOrNull,
  jobStatus: isKeyOf(NEXT_JOB_STATUS),
  dataAccessRoleArn: isText,
  inputS3Uri: isText,
  outputS3Uri: isText,
  inputOwnerAccountId: isTextOrNull,
  submittedAt: isTime,
  startedAt: isTimeOrNull,
  endedAt: isTimeOrNull,
  message: isTextOrNull,
  importConfiguration: isAbsentOr(isShaped(IMPORT_CONFIGURATION)),
};
const IMAGE_SET: Shape<ImageSet> = {
  imageSetId: isId,
  datastoreId: isId,
  createdAt: isTime,
  deletedAt: isTimeOrNull,
  versions: (value) => Array.isArray(value) && value.length > 0 && value.every(isVersion),
  frameIds: isListOf(isId),
  frameChecksums: isAbsentOr(isListOf(isAnyOf(isChecksum, isNull))),
  tags: isMapOf(isText),
  isPrimary: isAbsentOr(isTrue),
  pending: isAbsentOr(isAnyOf(...[UPDATE, REVERT, COPY, IMPORT, PUSH].map(isShaped))),
};
const CLIENT_TOKEN: Shape<ClientToken> = {
  tokenId: isId,
  datastoreId: isId,
  fingerprint: isText,
  answer: (value) => isRecord(value) && isId(value["datastoreId"]),
  createdAt: isTime,
};

/** Versions count from 1, and a state goes with its workflow status. */
function isVersion(value: unknown, index: number): boolean {
  if (!isShaped(VERSION)(value)) return false;
  const { versionId, imageSetState, imageSetWorkflowStatus } = value as ImageSetVersion;
  return versionId === index + 1 && imageSetState === IMAGE_SET_WORKFLOW[imageSetWorkflowStatus].state;
}

interface KindOfDocument {
  readonly name: string;
  readonly shape: Readonly<Record<string, Check>>;
  /** Faults between members that are each valid. */
  readonly faultOf?: (document: Members) => string | undefined;
}

const KINDS: Readonly<Record<Kind, KindOfDocument>> = {
  datastores: { name: "data store", shape: DATASTORE },
  importJobs: { name: "import job", shape: IMPORT_JOB },
  imageSets: {
    name: "image set",
    shape: IMAGE_SET,
    faultOf: (document) => faultOfImageSet(document as object as ImageSet),
  },
  clientTokens: { name: "client token", shape: CLIENT_TOKEN },
};

export const isKind = (value: unknown): value is Kind => isKeyOf(KINDS)(value);
export const kindName = (kind: Kind): string => KINDS[kind].name;

/** Why a value is not a document of its kind; undefined if it is one. */
export function faultOf(kind: Kind, value: unknown): string | undefined {
  const { name, shape, faultOf: faultOfMembers } = KINDS[kind];
  if (!isRecord(value)) return `is not ${withArticle(name)}`;
  const wrong = wrongMember(shape, value);
  const fault =
    wrong === undefined ? faultOfMembers?.(value) : `its ${wrong} is ${wrong in value ? "wrong" : "missing"}`;
  return fault === undefined ? undefined : `is not ${withArticle(name)}: ${fault}`;
}

const withArticle = (name: string): string => (name.startsWith("i") ? `an ${name}` : `a ${name}`);

function wrongMember(shape: Readonly<Record<string, Check>>, value: Members): string | undefined {
  for (const member in shape) if (shape[member]?.(value[member]) === false) return member;
  return undefined;
}

/** A document with its members in the order of its kind. */
export function inOrder({ kind, document }: StoredDocument): object {
  if (kind !== "imageSets") return sortMembers(KINDS[kind].shape, document);
  const versions = document.versions.map((version) => sortMembers(VERSION, version));
  return sortMembers(IMAGE_SET, { ...document, versions });
}

/** Members that the shape does not know come last. */
function sortMembers(shape: object, document: object): object {
  const members = Object.keys(shape).filter((member) => member in document);
  return { ...Object.fromEntries(members.map((member) => [member, 0])), ...document };
}
