import type { DatastoreStatus, JobStatus } from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../../../api/errors.ts";
import { LocalError } from "../../../api/local-errors.ts";
import type { Clock } from "../../../domain/time/clock.ts";
import type { Datastores } from "../../../domain/datastores/datastores.ts";
import type { ImageSetStateOverrides } from "../../../domain/image-sets/image-set-state-overrides.ts";
import type { WorkflowStatus } from "../../../domain/image-sets/image-set.ts";
import {
  isFailure,
  resourceName,
  showStatus,
  resourceStatusOf,
  type Resource,
  type ResourceStatus,
  type Statuses,
} from "../../../domain/resource.ts";
import type { State } from "../../../domain/state.ts";
import type { JobStateOverrides } from "../../../importer/job-state-overrides.ts";
import { ok, type Handlers } from "../handler.ts";
import { readPush, type StatusPush } from "../read-status.ts";
import { readOne } from "../read-values.ts";

export interface StateOverrideDependencies {
  readonly state: State;
  readonly clock: Clock;
  readonly datastores: Datastores;
  readonly imageSetOverrides: ImageSetStateOverrides;
  readonly jobOverrides: JobStateOverrides;
}

/**
 * @param statuses those of the release
 * @param parts those of the current instance
 */
export const statusHandlers = (
  statuses: Statuses,
  parts: () => StateOverrideDependencies,
): Handlers<"readStatus" | "changeStatus"> => ({
  readStatus: ({ params }) => ok(describeStatus(parts(), readOne(params))),
  changeStatus: async ({ params, body }) => {
    const current = parts();
    const resource = readOne(params);
    await overrideStatus(current, statuses, resource, readPush(statuses, resource.kind, body));
    return ok(describeStatus(current, resource));
  },
});

function describeStatus({ state, clock }: StateOverrideDependencies, resource: Resource) {
  const { status, message } = find(state, resource);
  return {
    resource: resourceName(resource),
    status: showStatus(resource.kind, status),
    message,
    now: new Date(clock.now()).toISOString(),
  };
}

export function find(state: State, resource: Resource): ResourceStatus {
  const current = resourceStatusOf(state, resource);
  if (current === undefined)
    throw new LocalError("ResourceNotFound", `${resourceName(resource)} does not exist`);
  return current;
}

async function overrideStatus(
  parts: StateOverrideDependencies,
  { next }: Statuses,
  resource: Resource,
  wanted: StatusPush,
): Promise<void> {
  const { status: from } = find(parts.state, resource);
  const { to, isForced } = wanted;
  const legal = next[resource.kind][from] ?? [];
  const isLegal = legal.includes(to);
  if (!isLegal && !isForced) {
    const after = legal.length === 0 ? "nothing" : legal.join(" or ");
    throw new LocalError(
      "StatusConflict",
      `${resourceName(resource)} is ${from}: the next status is ${after}; send "force": true for ${to}`,
      { legal },
    );
  }
  await STATUS_OVERRIDERS[resource.kind](parts, resource.id, wanted, isLegal);
  const { status, message } = find(parts.state, resource);
  if (isLegal && status !== to && isFailure(status)) {
    throw new LocalError(
      "StatusConflict",
      `${resourceName(resource)} became ${status}, not ${to}: ${message}`,
    );
  }
  await parts.state.durable();
}

type StatusOverrider = (
  parts: StateOverrideDependencies,
  id: string,
  wanted: StatusPush,
  isLegal: boolean,
) => Promise<void>;

const STATUS_OVERRIDERS: Readonly<Record<Resource["kind"], StatusOverrider>> = {
  datastore: async ({ datastores }, id, { to, isForced }) => {
    try {
      datastores.moveTo(id, to as DatastoreStatus, isForced);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new LocalError("StatusConflict", `${error.message}: send "force": true for ${to}`);
    }
  },
  importJob: async ({ state, jobOverrides }, id, { to, message }, isLegal) => {
    const job = state.importJobs.get(id);
    if (job === undefined) return;
    await (isLegal
      ? jobOverrides.moveTo(job, to as JobStatus, message)
      : jobOverrides.forceTo(job, to as JobStatus, message));
  },
  imageSet: async ({ state, imageSetOverrides }, id, { to, message }, isLegal) => {
    const imageSet = state.imageSets.get(id);
    if (imageSet === undefined) return;
    if (isLegal) return imageSetOverrides.moveTo(imageSet, to as WorkflowStatus, message);
    if (imageSet.deletedAt !== null)
      throw new LocalError(
        "StatusConflict",
        `${resourceName({ kind: "imageSet", id })} is DELETED: its content no longer exists`,
      );
    await imageSetOverrides.forceTo(id, to as WorkflowStatus, message);
  },
};
