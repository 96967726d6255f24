import { LocalError } from "../../api/local-errors.ts";
import { LimitError } from "../../domain/limits/limit-input.ts";
import type { ResetOptions } from "../../domain/resettable.ts";
import { DurationError, readDuration } from "../../domain/time/duration-text.ts";
import { EVERY } from "../../domain/time/holds.ts";
import { RESOURCE_KINDS, type Resource, type ResourceKind } from "../../domain/resource.ts";
import { describeSnapshotName, isSnapshotName } from "../../domain/snapshot-name.ts";
import { NAME } from "../scenarios/reading/name.ts";
import { check } from "../scenarios/reading/schema.ts";
import { quote, unknownName } from "./refusal.ts";

/** @returns milliseconds. @throws DurationError that includes the name */
export function readDurationOf(name: string, text: string): number {
  try {
    return readDuration(text);
  } catch (error) {
    if (error instanceof DurationError) throw new DurationError(`${name}: ${error.message}`);
    throw error;
  }
}

/** Times of ISO 8601 with their zone; a day without a time is its midnight in UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** @returns milliseconds of Unix time. @throws LocalError */
export function readTime(at: string): number {
  const [text, day = ""] = TIME.exec(at) ?? [];
  const time = Date.parse(text ?? "");
  const midnight = Date.parse(day);
  // Some parsers read `2026-02-30` as a day of March.
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  if (!Number.isNaN(time) && isDay) return time;
  throw new LocalError(
    "InvalidTime",
    `at expects a time with its zone, such as 2026-01-15T02:00:00Z, or a day such as 2026-01-15, got ${quote(at)}`,
  );
}

/** @param text `importJob/{id}`. @throws LocalError */
export function readResource(text: string): Resource {
  const [kind = "", id = "", ...rest] = text.split("/");
  if (rest.length === 0 && id !== "") return { kind: readKind(kind), id };
  throw new LocalError(
    "InvalidValue",
    `${quote(text)} does not name a resource, expected for example importJob/{jobId}`,
  );
}

/** The resource of a path; only a hold may apply to every resource of a kind. @throws LocalError */
export function readOne({ kind, id }: { readonly kind: string; readonly id: string }): Resource {
  if (id === EVERY)
    throw new LocalError("InvalidValue", "A status belongs to one resource: use an id in place of *");
  return { kind: readKind(kind), id };
}

/** @throws LocalError */
export function readKind(text: string): ResourceKind {
  const kind = RESOURCE_KINDS.find((known) => known === text);
  if (kind === undefined) throw unknownName("kind of resource", text, RESOURCE_KINDS);
  return kind;
}

/** @throws LocalError */
export function checkSnapshotName(name: string): void {
  if (!isSnapshotName(name)) throw new LocalError("InvalidSnapshot", describeSnapshotName(name));
}

/** @throws LocalError */
export function checkScenarioName(name: string): void {
  const [problem] = check(NAME, name);
  if (problem !== undefined) throw new LocalError("InvalidScenario", problem.message);
}

/** @throws LimitError where buckets are to be reset with one account */
export function readReset({ account, buckets = false }: ResetOptions): ResetOptions {
  if (account === undefined) return { buckets };
  if (buckets) throw new LimitError("buckets cannot be reset with one account: all accounts share them");
  return { account };
}

/** A switch in a query; any other value is off. */
export const isOn = (text = ""): boolean => ["1", "true"].includes(text);
