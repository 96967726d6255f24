import { IMAGE_SET_WORKFLOW } from "../domain/image-set.ts";
import { NEXT_DATASTORE_STATUS } from "../domain/datastore.ts";
import { NEXT_JOB_STATUS } from "../domain/import-job.ts";
import type { Kept } from "./kept-documents.ts";
import { SnapshotError } from "./snapshot-error.ts";

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const ID = /^[0-9a-z]{32}$/;

const text: Check = (value) => typeof value === "string";
const id: Check = (value) => typeof value === "string" && ID.test(value);
/** Milliseconds since 1970, as far as a Date reaches. */
const time: Check = (value) => typeof value === "number" && Math.abs(value) <= 8.64e15;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (table: object): Check =>
  (value) =>
    typeof value === "string" && Object.hasOwn(table, value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const tags: Check = (value) => isObject(value) && Object.values(value).every(text);
const shaped =
  (shape: Shape): Check =>
  (value) =>
    isObject(value) && Object.entries(shape).every(([name, check]) => check(value[name]));

const version = shaped({
  versionId: (value) => Number.isSafeInteger(value) && Number(value) > 0,
  imageSetState: (value) => ["ACTIVE", "LOCKED", "DELETED"].includes(String(value)),
  imageSetWorkflowStatus: oneOf(IMAGE_SET_WORKFLOW),
  updatedAt: time,
  message: orNull(text),
  metadataKey: text,
  dicomTags: isObject,
});

const pending: Check = (value) =>
  shaped({ kind: (kind) => kind === "push" })(value) ||
  shaped({ kind: (kind) => kind === "copy", sourceImageSetId: id })(value) ||
  shaped({
    kind: (kind) => kind === "update",
    removableAttributes: orNull(text),
    updatableAttributes: orNull(text),
  })(value);

const SHAPES: Readonly<Record<Kept["kind"], Shape>> = {
  datastores: {
    datastoreId: id,
    account: (value) => typeof value === "string" && /^\d{12}$/.test(value),
    region: (value) => typeof value === "string" && /^[a-z0-9-]{1,64}$/.test(value),
    datastoreName: orNull(text),
    datastoreStatus: oneOf(NEXT_DATASTORE_STATUS),
    kmsKeyArn: orNull(text),
    tags,
    createdAt: time,
    updatedAt: time,
    statusSince: time,
  },
  importJobs: {
    jobId: id,
    datastoreId: id,
    jobName: orNull(text),
    jobStatus: oneOf(NEXT_JOB_STATUS),
    dataAccessRoleArn: text,
    inputS3Uri: text,
    outputS3Uri: text,
    inputOwnerAccountId: orNull(text),
    submittedAt: time,
    startedAt: orNull(time),
    endedAt: orNull(time),
    message: orNull(text),
  },
  imageSets: {
    imageSetId: id,
    datastoreId: id,
    createdAt: time,
    deletedAt: orNull(time),
    versions: (value) => Array.isArray(value) && value.length > 0 && value.every(version),
    frameIds: listOf(id),
    tags,
    pending: optional(pending),
  },
  clientTokens: {
    tokenId: (value) => typeof value === "string" && /^[0-9a-z]{1,64}$/.test(value),
    datastoreId: id,
    fingerprint: text,
    answer: isObject,
    createdAt: time,
  },
};

/**
 * A line of a snapshot's documents.
 * @param where the line is, for the message
 * @throws SnapshotError where it is no document of its kind
 */
export function readKept(line: string, where: string): Kept {
  const value = parse(line);
  const kind = isObject(value) ? value["kind"] : undefined;
  if (!isObject(value) || typeof kind !== "string" || !Object.hasOwn(SHAPES, kind))
    throw new SnapshotError("INVALID", `${where} is no document`);
  const { document } = value;
  for (const [name, check] of Object.entries(SHAPES[kind as Kept["kind"]])) {
    if (!isObject(document) || !check(document[name]))
      throw new SnapshotError("INVALID", `${where}: a document of ${kind} has no such ${name}`);
  }
  const kept = value as unknown;
  return kept as Kept;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
