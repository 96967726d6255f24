import { LocalError } from "../../api/local-errors.ts";
import { toMessage } from "../../api/message.ts";
import {
  isFailure,
  NEXT_STATUS,
  statusesCalled,
  TRANSIENT_STATES,
  type ResourceKind,
} from "../../domain/resource.ts";
import type { HandlerInput } from "./handler.ts";
import { unknownName, withArticle } from "./refusal.ts";
import type { ControlRoutes } from "./routes/control-routes.ts";

/** A status that a resource is to have. */
export interface StatusPush {
  readonly to: string;
  readonly message: string | undefined;
  readonly isForced: boolean;
}

/** @throws LocalError for a status that a kind of resource cannot be put in, and for a message that it cannot have */
export function readPush(
  kind: ResourceKind,
  body: HandlerInput<ControlRoutes["changeStatus"]>["body"],
): StatusPush {
  const { status, message, force = false } = body;
  const [to, ...others] = statusesCalled(kind, status);
  if (to === undefined || others.length > 0)
    throw unknownName(`status to put ${withArticle(kind)} in`, status, Object.keys(NEXT_STATUS[kind]));
  return { to, message: readMessage(to, message), isForced: force };
}

function readMessage(to: string, message: string | undefined): string | undefined {
  if (message === undefined) return undefined;
  if (!isFailure(to))
    throw new LocalError("InvalidValue", `${to} cannot have a message: only failures have one`);
  if (message !== "" && toMessage(message) === message) return message;
  throw new LocalError(
    "InvalidValue",
    "message expects 1 to 2,048 ASCII letters, digits, spaces and punctuation characters up to the colon, as in AWS's model",
  );
}

/** The statuses that a name means, in which a resource can be held. @throws LocalError */
export function readHeldStatuses(kind: ResourceKind, name: string): string[] {
  const statuses = statusesCalled(kind, name);
  if (statuses.length > 0 && statuses.every((status) => TRANSIENT_STATES[kind].includes(status)))
    return statuses;
  throw unknownName(`status to hold ${withArticle(kind)} in`, name, TRANSIENT_STATES[kind]);
}
