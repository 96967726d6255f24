import { LocalError } from "../../../api/local-errors.ts";
import { EVERY, type Hold, type Holds } from "../../../domain/time/holds.ts";
import { resourceName, showStatus, type Resource, type Statuses } from "../../../domain/resource.ts";
import type { State } from "../../../domain/state.ts";
import { ok, type Handlers } from "../handler.ts";
import { readHeldStatuses } from "../read-status.ts";
import { readKind } from "../read-values.ts";
import { find } from "./status-handlers.ts";

export interface HoldParts {
  readonly state: State;
  readonly holds: Holds;
}

/**
 * @param statuses those of the release
 * @param parts those of the current instance
 */
export const holdHandlers = (
  statuses: Statuses,
  parts: () => HoldParts,
): Handlers<"listHolds" | "readHold" | "holdResource" | "releaseResource"> => ({
  listHolds: () => ok({ holds: parts().holds.list().map(show) }),
  readHold: ({ params }) => ok(show(holdOf(parts(), resourceOf(params)))),
  holdResource: ({ params, body: { status } }) => {
    const { state, holds } = parts();
    const resource = resourceOf(params);
    const hold = { ...resource, statuses: readStatuses(statuses, state, resource, status) };
    holds.set(hold);
    return ok(show(hold));
  },
  releaseResource: async ({ params }) => {
    const { state, holds } = parts();
    const hold = holdOf({ state, holds }, resourceOf(params));
    holds.release(hold);
    await state.durable();
    return ok(show(hold));
  },
});

const resourceOf = ({ kind, id }: { readonly kind: string; readonly id: string }): Resource => ({
  kind: readKind(kind),
  id,
});

function holdOf({ holds }: HoldParts, resource: Resource): Hold {
  const hold = holds.get(resource);
  if (hold === undefined) throw new LocalError("HoldNotFound", `${resourceName(resource)} is not held`);
  return hold;
}

const show = (hold: Hold) => ({
  resource: resourceName(hold),
  statuses: hold.statuses.map((status) => showStatus(hold.kind, status)),
});

/** Without a status: the resource's current one; for every resource of a kind: all. @throws LocalError */
function readStatuses(
  statuses: Statuses,
  state: State,
  resource: Resource,
  status: string | undefined,
): string[] {
  const { kind, id } = resource;
  const transient = statuses.transient[kind];
  const current = id === EVERY ? undefined : find(state, resource).status;
  if (status !== undefined) return readHeldStatuses(statuses, kind, status);
  if (current === undefined) return [...transient];
  if (transient.includes(current)) return [current];
  const message = `${resourceName(resource)} is ${current}, which is not a transient status: use one of ${transient.join(", ")}`;
  throw new LocalError("StatusConflict", message);
}
