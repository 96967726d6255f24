import { LocalError } from "../../api/local-errors.ts";
import { statusesCalled, statusNames, type Resource } from "../../domain/resource.ts";
import type { ControlRoutes } from "./routes/control-routes.ts";
import type { HandlerInput } from "./handler.ts";
import { isOn, readDurationOf, readResource } from "./read-values.ts";
import { unknownName, withArticle } from "./refusal.ts";
import type { Wanted } from "./long-poll.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 600_000;

/** @throws LocalError */
export function readWait(query: HandlerInput<ControlRoutes["wait"]>["query"]): Wanted {
  const resource = readResource(query.resource);
  const statuses = query.status.split(",");
  return {
    resource,
    statuses: new Set(statuses.flatMap((name) => readStatuses(resource, name))),
    timeoutMs: readTimeout(query.timeout),
    autoAdvance: isOn(query.autoAdvance),
  };
}

function readStatuses({ kind }: Resource, name: string): string[] {
  const statuses = statusesCalled(kind, name);
  if (statuses.length === 0) throw unknownName(`status of ${withArticle(kind)}`, name, statusNames(kind));
  return statuses;
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
