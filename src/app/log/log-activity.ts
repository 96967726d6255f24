import type { Activity } from "../../domain/activity.ts";
import type { Log } from "../../domain/log.ts";
import type { OperationRouter } from "../../healthimaging/http/operation-route.ts";
import { logStateChanges } from "./log-state-changes.ts";
import { requestEntryOf, type RequestEntry } from "./request-entry.ts";

interface LogActivityDependencies {
  readonly log: Log;
  /** Called for each request when its answer begins. */
  readonly onRequest?: ((entry: RequestEntry) => void) | undefined;
  readonly route: OperationRouter;
}

/** Logs from now on what happens, and why. */
export function logActivity(
  activity: Pick<Activity, "read">,
  { log, onRequest, route }: LogActivityDependencies,
): void {
  logStateChanges(activity, log);
  if (onRequest !== undefined)
    activity.read({ callAnswered: (call) => onRequest(requestEntryOf(call, route)) });
}
