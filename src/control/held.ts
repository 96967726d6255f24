import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { EVERY, type Hold, type Holds } from "../domain/holds.ts";
import { nameOf, PASSING, showStatus, statusesCalled, type Resource } from "../domain/resource.ts";
import type { State } from "../domain/state.ts";
import { answer } from "./answer.ts";
import { ControlError } from "./control-error.ts";
import { readOptionalJsonObject, refuseUnknown, unknownName } from "./read-request.ts";
import { find } from "./resources.ts";

export interface HoldParts {
  readonly state: State;
  readonly holds: Holds;
}

const EXAMPLE = '{"status": "CREATING"}';

/** Serves `/_local/holds`: everything that is held. */
export const answerHolds = ({ holds }: HoldParts): HttpResponse =>
  answer(200, { holds: holds.list().map(show) });

/** Serves `/_local/resources/{kind}/{id or *}/hold`. */
export async function answerHold(
  { state, holds }: HoldParts,
  resource: Resource,
  request: HttpRequest,
): Promise<HttpResponse> {
  if (request.method === "PUT") {
    const hold = { ...resource, statuses: await readStatuses(state, resource, request) };
    holds.set(hold);
    return answer(200, show(hold));
  }
  const hold = holds.get(resource);
  if (hold === undefined) throw new ControlError(404, `${nameOf(resource)} is not held`);
  if (request.method !== "DELETE") return answer(200, show(hold));
  holds.release(resource);
  await state.durable();
  return answer(200, show(hold));
}

const show = (hold: Hold): object => ({
  resource: nameOf(hold),
  statuses: hold.statuses.map((status) => showStatus(hold.kind, status)),
});

/** Without a body, or a status in it: the one that the resource has; of every resource of a kind: all. */
async function readStatuses(state: State, resource: Resource, request: HttpRequest): Promise<string[]> {
  const { kind, id } = resource;
  const body = await readOptionalJsonObject(request, EXAMPLE);
  refuseUnknown("key", Object.keys(body), ["status"]);
  const { status } = body;
  const current = id === EVERY ? undefined : find(state, resource).status;
  if (status !== undefined) {
    if (typeof status !== "string") throw new ControlError(400, `status is a text: ${EXAMPLE}`);
    const statuses = statusesCalled(kind, status);
    if (statuses.length > 0 && statuses.every((name) => PASSING[kind].includes(name))) return statuses;
    throw unknownName(`status to hold a ${kind} in`, status, PASSING[kind]);
  }
  if (current === undefined) return [...PASSING[kind]];
  if (PASSING[kind].includes(current)) return [current];
  const message = `${nameOf(resource)} is ${current}, which does not pass by itself: name one of ${PASSING[kind].join(", ")}`;
  throw new ControlError(409, message);
}
