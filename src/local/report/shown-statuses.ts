import type { Resource } from "../../domain/resource.ts";

/** A status in an answer. */
export interface Shown extends Resource {
  readonly status: string;
  /** The status of the resource itself: not of an older version, nor of a copy's source. */
  readonly isLatest: boolean;
}

/** Operations whose answers show statuses. */
export const SHOW_STATUSES: ReadonlySet<string> = new Set([
  "CopyImageSet",
  "CreateDatastore",
  "DeleteDatastore",
  "DeleteImageSet",
  "GetDICOMImportJob",
  "GetDatastore",
  "GetImageSet",
  "ListDICOMImportJobs",
  "ListDatastores",
  "ListImageSetVersions",
  "StartDICOMImportJob",
  "UpdateImageSetMetadata",
]);

/** The statuses in an operation's response elements. */
export const shownIn = (responseElements: unknown): Shown[] => read(responseElements, true);

/** The `nextToken` of a listing's answer. */
export function tokenIn(responseElements: unknown): string | undefined {
  const { nextToken } = (responseElements ?? {}) as { readonly nextToken?: unknown };
  return isText(nextToken) ? nextToken : undefined;
}

type Members = Readonly<Record<string, unknown>>;

function read(value: unknown, isLatest: boolean): Shown[] {
  // Versions are listed newest first; in other lists each item is another resource.
  if (Array.isArray(value)) return markLatest(value.flatMap((item) => read(item, isLatest)));
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  const members = value as Members;
  const own = readOwn(members, isLatest);
  if (own !== undefined) return [own];
  return Object.entries(members).flatMap(([name, item]) =>
    read(item, isLatest && name !== "sourceImageSetProperties"),
  );
}

function readOwn(members: Members, isLatest: boolean): Shown | undefined {
  const { jobId, jobStatus, datastoreId, datastoreStatus, imageSetId, imageSetState } = members;
  if (isText(jobId) && isText(jobStatus))
    return { kind: "importJob", id: jobId, status: jobStatus, isLatest };
  if (isText(imageSetId) && isText(imageSetState)) {
    const workflow = members["imageSetWorkflowStatus"] ?? members["ImageSetWorkflowStatus"];
    return {
      kind: "imageSet",
      id: imageSetId,
      status: isText(workflow) ? workflow : imageSetState,
      isLatest,
    };
  }
  if (isText(datastoreId) && isText(datastoreStatus))
    return { kind: "datastore", id: datastoreId, status: datastoreStatus, isLatest };
  return undefined;
}

function markLatest(shown: readonly Shown[]): Shown[] {
  const known = new Set<string>();
  return shown.map((one) => {
    const isFirst = !known.has(one.id);
    known.add(one.id);
    return { ...one, isLatest: one.isLatest && isFirst };
  });
}

const isText = (value: unknown): value is string => typeof value === "string";
