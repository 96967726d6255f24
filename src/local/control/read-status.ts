import { LocalError } from "../../api/local-errors.ts";
import { toMessage } from "../../api/message.ts";
import { isFailure, statusesCalled, type ResourceKind, type Statuses } from "../../domain/resource.ts";
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
  statuses: Statuses,
  kind: ResourceKind,
  body: HandlerInput<ControlRoutes["changeStatus"]>["body"],
): StatusPush {
  const { status, message, force = false } = body;
  const [to, ...others] = statusesCalled(statuses, kind, status);
  if (to === undefined || others.length > 0)
    throw unknownName(`status to put ${withArticle(kind)} in`, status, Object.keys(statuses.next[kind]));
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
export function readHeldStatuses(statuses: Statuses, kind: ResourceKind, name: string): string[] {
  const transient = statuses.transient[kind];
  const called = statusesCalled(statuses, kind, name);
  if (called.length > 0 && called.every((status) => transient.includes(status))) return called;
  throw unknownName(`status to hold ${withArticle(kind)} in`, name, transient);
}
