import { LocalError } from "../../api/local-errors.ts";
import { statusesCalled, statusNames, type Resource, type Statuses } from "../../domain/resource.ts";
import type { ControlRoutes } from "./routes/control-routes.ts";
import type { HandlerInput } from "./handler.ts";
import { isOn, readDurationOf, readResource } from "./read-values.ts";
import { unknownName, withArticle } from "./refusal.ts";
import type { Wanted } from "./long-poll.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 600_000;

/** @throws LocalError */
export function readWait(statuses: Statuses, query: HandlerInput<ControlRoutes["wait"]>["query"]): Wanted {
  const resource = readResource(query.resource);
  const names = query.status.split(",");
  return {
    resource,
    statuses: new Set(names.flatMap((name) => readStatuses(statuses, resource, name))),
    timeoutMs: readTimeout(query.timeout),
    autoAdvance: isOn(query.autoAdvance),
  };
}

function readStatuses(statuses: Statuses, { kind }: Resource, name: string): string[] {
  const called = statusesCalled(statuses, kind, name);
  if (called.length > 0) return called;
  throw unknownName(`status of ${withArticle(kind)}`, name, statusNames(statuses, kind));
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT_MS;
  const timeoutMs = readDurationOf("timeout", text);
  if (timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw new LocalError(
    "InvalidDuration",
    `timeout expects at most ${MAX_TIMEOUT_MS / 60_000} minutes of real time`,
  );
}
