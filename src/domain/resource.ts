import type { Model } from "../api/model/model.ts";
import { NEXT_DATASTORE_STATUS } from "./datastores/datastore.ts";
import {
  IMAGE_SET_WORKFLOW,
  latestVersion,
  type ImageSet,
  type WorkflowStatus,
} from "./image-sets/image-set.ts";
import { NEXT_JOB_STATUS } from "./import-jobs/import-job.ts";
import type { Change, State } from "./state.ts";

export const RESOURCE_KINDS = ["datastore", "importJob", "imageSet"] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** A resource with a status. */
export interface Resource {
  readonly kind: ResourceKind;
  readonly id: string;
}

type Table = Readonly<Record<string, readonly string[]>>;

const NEXT_WORKFLOW_STATUS: Table = Object.fromEntries(
  Object.entries(IMAGE_SET_WORKFLOW).map(([status, { next }]) => [status, next]),
);

/** For each kind, which status may follow which. For an image set it is the workflow status. */
const NEXT_STATUS: Readonly<Record<ResourceKind, Table>> = {
  datastore: NEXT_DATASTORE_STATUS,
  importJob: NEXT_JOB_STATUS,
  imageSet: NEXT_WORKFLOW_STATUS,
};

/** States that end by themselves; a resource can be held in them. */
const TRANSIENT_STATES: Readonly<Record<ResourceKind, readonly string[]>> = {
  datastore: ["CREATING", "DELETING"],
  importJob: ["SUBMITTED", "IN_PROGRESS"],
  imageSet: Object.entries(IMAGE_SET_WORKFLOW).flatMap(([status, { state }]) =>
    state === "LOCKED" ? [status] : [],
  ),
};

/** The statuses that resources have. */
export interface Statuses {
  /** For each kind, which status may follow which. For an image set it is the workflow status. */
  readonly next: Readonly<Record<ResourceKind, Table>>;
  /** Those that end by themselves; a resource can be held in them. */
  readonly transient: Readonly<Record<ResourceKind, readonly string[]>>;
}

/** Of all releases together. */
export const EVERY_STATUS: Statuses = { next: NEXT_STATUS, transient: TRANSIENT_STATES };

/** Of a release: those that its model lists. */
export function statusesOf({ shapes }: Pick<Model, "shapes">): Statuses {
  const served = new Set(shapes["ImageSetWorkflowStatus"]?.enum);
  const withServed = (statuses: readonly string[]): string[] => statuses.filter((one) => served.has(one));
  const next = Object.entries(NEXT_WORKFLOW_STATUS)
    .filter(([status]) => served.has(status))
    .map(([status, following]) => [status, withServed(following)] as const);
  return {
    next: { ...NEXT_STATUS, imageSet: Object.fromEntries(next) },
    transient: { ...TRANSIENT_STATES, imageSet: withServed(TRANSIENT_STATES.imageSet) },
  };
}

/** Whether no other status follows, neither by itself nor by a call. */
export const isFinal = (kind: ResourceKind, status: string): boolean =>
  NEXT_STATUS[kind][status]?.length === 0;

export const isFailure = (status: string): boolean => status.endsWith("FAILED");

export const resourceName = ({ kind, id }: Resource): string => `${kind}/${id}`;

/** For an image set its state with its workflow status, `LOCKED/UPDATING`; for others the status. */
export const showStatus = (kind: ResourceKind, status: string): string =>
  kind === "imageSet" && isWorkflowStatus(status) ? `${IMAGE_SET_WORKFLOW[status].state}/${status}` : status;

/**
 * The statuses that a name stands for: the status itself, and for image sets the state, alone or before it.
 */
export function statusesCalled({ next }: Statuses, kind: ResourceKind, name: string): string[] {
  return Object.keys(next[kind]).filter((status) => {
    const shown = showStatus(kind, status);
    return name === status || name === shown || (kind === "imageSet" && name === shown.split("/")[0]);
  });
}

/** Every name that `statusesCalled` knows, except the long forms. */
export const statusNames = ({ next }: Statuses, kind: ResourceKind): string[] => [
  ...new Set([...(kind === "imageSet" ? ["ACTIVE", "LOCKED"] : []), ...Object.keys(next[kind])]),
];

/** A resource's status, and its message. */
export interface ResourceStatus {
  readonly datastoreId: string;
  readonly status: string;
  readonly message: string | null;
}

export function resourceStatusOf(
  state: Pick<State, "datastores" | "importJobs" | "imageSets">,
  { kind, id }: Resource,
): ResourceStatus | undefined {
  switch (kind) {
    case "datastore": {
      const datastore = state.datastores.get(id);
      return datastore && { datastoreId: id, status: datastore.datastoreStatus, message: null };
    }
    case "importJob": {
      const job = state.importJobs.get(id);
      return job && { datastoreId: job.datastoreId, status: job.jobStatus, message: job.message };
    }
    case "imageSet": {
      const imageSet = state.imageSets.get(id);
      return imageSet && standingOfImageSet(imageSet);
    }
  }
}

function standingOfImageSet(imageSet: ImageSet): ResourceStatus {
  const { imageSetWorkflowStatus, message } = latestVersion(imageSet);
  return { datastoreId: imageSet.datastoreId, status: imageSetWorkflowStatus, message };
}

/** A change of status; null means that the resource does not exist yet, or no longer. */
export interface StatusChange extends Resource {
  readonly from: string | null;
  readonly to: string | null;
}

/** Undefined if the change did not affect a status. */
export function statusChange(change: Change): StatusChange | undefined {
  switch (change.kind) {
    case "datastores":
      return compare("datastore", change.document.datastoreId, change, (store) => store.datastoreStatus);
    case "importJobs":
      return compare("importJob", change.document.jobId, change, (job) => job.jobStatus);
    case "imageSets":
      return compare("imageSet", change.document.imageSetId, change, workflowStatusOf);
    case "clientTokens":
      return undefined;
  }
}

function compare<T>(
  kind: ResourceKind,
  id: string,
  { document, previous, isDropped }: { document: T; previous: T | undefined; isDropped: boolean },
  statusOf: (document: T) => string,
): StatusChange | undefined {
  const from = previous === undefined ? null : statusOf(previous);
  const to = isDropped ? null : statusOf(document);
  return from === to ? undefined : { kind, id, from, to };
}

/** The status message of a resource's document; null if it has none. */
export function statusMessageOf(change: Change): string | null {
  if (change.kind === "importJobs") return change.document.message;
  return change.kind === "imageSets" ? latestVersion(change.document).message : null;
}

const workflowStatusOf = (imageSet: ImageSet): string => latestVersion(imageSet).imageSetWorkflowStatus;

const isWorkflowStatus = (status: string): status is WorkflowStatus =>
  Object.hasOwn(IMAGE_SET_WORKFLOW, status);
