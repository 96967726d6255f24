import type { DatastoreStatus, JobStatus } from "@aws-sdk/client-medical-imaging";
import { ServiceError } from "../api/errors.ts";
import type { HttpRequest, HttpResponse } from "../api/http.ts";
import { toMessage } from "../api/message.ts";
import type { Clock } from "../domain/clock.ts";
import type { Datastores } from "../domain/datastores.ts";
import type { ImageSetPushes } from "../domain/image-set-pushes.ts";
import type { WorkflowStatus } from "../domain/image-set.ts";
import {
  isFailure,
  nameOf,
  NEXT_STATUS,
  showStatus,
  standingOf,
  statusesCalled,
  type Resource,
  type Standing,
} from "../domain/resource.ts";
import type { State } from "../domain/state.ts";
import type { JobPushes } from "../importer/job-pushes.ts";
import { answer } from "./answer.ts";
import { ControlError } from "./control-error.ts";
import { readJsonObject, refuseUnknown, unknownName } from "./read-request.ts";

export interface PushParts {
  readonly state: State;
  readonly clock: Clock;
  readonly datastores: Datastores;
  readonly imageSetPushes: ImageSetPushes;
  readonly jobPushes: JobPushes;
}

const EXAMPLE = '{"status": "FAILED", "message": "why"}';

interface Push {
  readonly to: string;
  readonly message: string | undefined;
  readonly isForced: boolean;
}

/** Serves `/_local/resources/{kind}/{id}/status`: the status; PUT puts one by hand. */
export async function answerStatus(
  parts: PushParts,
  resource: Resource,
  request: HttpRequest,
): Promise<HttpResponse> {
  if (request.method === "PUT") await push(parts, resource, readPush(resource, await readBody(request)));
  const { status, message } = find(parts.state, resource);
  return answer(200, {
    resource: nameOf(resource),
    status: showStatus(resource.kind, status),
    message,
    now: new Date(parts.clock.now()).toISOString(),
  });
}

const readBody = (request: HttpRequest) => readJsonObject(request, EXAMPLE);

function readPush({ kind }: Resource, body: Readonly<Record<string, unknown>>): Push {
  refuseUnknown("key", Object.keys(body), ["status", "message", "force"]);
  const { status, message, force = false } = body;
  if (typeof status !== "string") throw new ControlError(400, `status is missing: ${EXAMPLE}`);
  const [to, ...others] = statusesCalled(kind, status);
  if (to === undefined || others.length > 0)
    throw unknownName(`status to put a ${kind} in`, status, Object.keys(NEXT_STATUS[kind]));
  if (typeof force !== "boolean") throw new ControlError(400, "force is true or false");
  return { to, message: readMessage(to, message), isForced: force };
}

function readMessage(to: string, message: unknown): string | undefined {
  if (message === undefined) return undefined;
  if (!isFailure(to)) throw new ControlError(400, `${to} has no message: only a failure has`);
  if (typeof message === "string" && message !== "" && toMessage(message) === message) return message;
  throw new ControlError(
    400,
    "message has 1 to 2,048 letters, digits, spaces and signs of ASCII up to the colon, as AWS's have",
  );
}

export function find(state: State, resource: Resource): Standing {
  const standing = standingOf(state, resource);
  if (standing === undefined) throw new ControlError(404, `${nameOf(resource)} is not there`);
  return standing;
}

async function push(parts: PushParts, resource: Resource, wanted: Push): Promise<void> {
  const { status: from } = find(parts.state, resource);
  const { to, isForced } = wanted;
  const legal = NEXT_STATUS[resource.kind][from] ?? [];
  const isLegal = legal.includes(to);
  if (!isLegal && !isForced) {
    const after = legal.length === 0 ? "nothing" : legal.join(" or ");
    throw new ControlError(
      409,
      `${nameOf(resource)} is ${from}: after that comes ${after}, and ${to} only with "force": true`,
      { legal },
    );
  }
  await PUSHERS[resource.kind](parts, resource.id, wanted, isLegal);
  const { status, message } = find(parts.state, resource);
  if (isLegal && status !== to && isFailure(status)) {
    throw new ControlError(409, `${nameOf(resource)} has become ${status}, not ${to}: ${message}`);
  }
  await parts.state.durable();
}

type Pusher = (parts: PushParts, id: string, wanted: Push, isLegal: boolean) => Promise<void>;

const PUSHERS: Readonly<Record<Resource["kind"], Pusher>> = {
  datastore: async ({ datastores }, id, { to, isForced }) => {
    try {
      datastores.push(id, to as DatastoreStatus, isForced);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new ControlError(409, `${error.message}: it is put in ${to} only with "force": true`);
    }
  },
  importJob: async ({ state, jobPushes }, id, { to, message }, isLegal) => {
    const job = state.importJobs.get(id);
    if (job === undefined) return;
    await (isLegal
      ? jobPushes.push(job, to as JobStatus, message)
      : jobPushes.force(job, to as JobStatus, message));
  },
  imageSet: async ({ state, imageSetPushes }, id, { to, message }, isLegal) => {
    const imageSet = state.imageSets.get(id);
    if (imageSet === undefined) return;
    if (isLegal) return imageSetPushes.push(imageSet, to as WorkflowStatus, message);
    if (imageSet.deletedAt !== null)
      throw new ControlError(409, `${nameOf({ kind: "imageSet", id })} is DELETED: its content is gone`);
    await imageSetPushes.force(id, to as WorkflowStatus, message);
  },
};
