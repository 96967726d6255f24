import { statusesCalled, statusNames, type Resource } from "../domain/resource.ts";
import { ControlError } from "./control-error.ts";
import { readDurationOf, readQuery, readResource, unknownName } from "./read-request.ts";

/** What a wait is for. */
export interface Wanted {
  readonly resource: Resource;
  readonly statuses: ReadonlySet<string>;
  /** Of real time. */
  readonly timeoutMs: number;
  readonly autoAdvance: boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 600_000;

/**
 * Reads the query of a wait: `resource=importJob/{id}&status=COMPLETED,FAILED&timeout=10s&autoAdvance=1`.
 * @throws ControlError 400
 */
export function readWait(query: string): Wanted {
  const given = readQuery(query, ["resource", "status", "timeout", "autoAdvance"]);
  const resource = readResource(needed(given, "resource", "importJob/{jobId}"));
  const statuses = needed(given, "status", "COMPLETED,FAILED").split(",");
  return {
    resource,
    statuses: new Set(statuses.flatMap((name) => readStatuses(resource, name))),
    timeoutMs: readTimeout(given["timeout"]),
    autoAdvance: readFlag("autoAdvance", given["autoAdvance"]),
  };
}

function needed(given: Readonly<Record<string, string>>, name: string, example: string): string {
  const value = given[name];
  if (value === undefined) throw new ControlError(400, `${name} is missing: ${name}=${example}`);
  return value;
}

function readStatuses({ kind }: Resource, name: string): string[] {
  const statuses = statusesCalled(kind, name);
  if (statuses.length === 0) throw unknownName(`status of ${kind}`, name, statusNames(kind));
  return statuses;
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT_MS;
  const timeoutMs = readDurationOf("timeout", text);
  if (timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw new ControlError(400, `timeout: at most ${MAX_TIMEOUT_MS / 60_000} minutes of real time`);
}

function readFlag(name: string, text: string | undefined): boolean {
  if (text === undefined || text === "0" || text === "false") return false;
  if (text === "1" || text === "true") return true;
  throw new ControlError(400, `${name} is 1 or 0, not ${JSON.stringify(text.slice(0, 64))}`);
}
