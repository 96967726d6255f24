import { isResourceId } from "../../api/arns.ts";
import { isDicomwebPath } from "../../api/model/dicomweb-model.ts";
import type { CallRecord } from "../../domain/activity.ts";
import type { OperationRouter } from "../../healthimaging/http/operation-route.ts";
import { isControl } from "../gateway/control-refusal.ts";
import { describeControlPath } from "./describe-control-path.ts";
import { masked, stringsIn } from "./mask.ts";

/** A request in the log: its operation and outcome, never its content. */
export interface RequestEntry {
  readonly requestId: string | undefined;
  /** AWS's name (`GetImageFrame`), or the method and its target (`PUT s3`, `GET /_local/health`). */
  readonly operation: string;
  readonly datastoreId: string | undefined;
  /** 0 if the connection broke off before a status was sent. */
  readonly status: number;
  /** AWS's name of an error. */
  readonly error: string | undefined;
  /** The message of an error of HealthImaging, without the request's content; of `/_local` what the code means. */
  readonly message?: string | undefined;
  /** How to fix it on this machine, also without the request's content. */
  readonly hint?: string | undefined;
  /** `scenario/rule#hit` for every effect of a scenario on the request. */
  readonly faults?: readonly string[] | undefined;
  /** How a scenario broke the connection off. */
  readonly brokeOff?: "reset" | "close" | "hang" | undefined;
  readonly durationMs: number;
}

/** @param route finds the operation of a request that was refused before it was routed */
export function requestEntryOf(call: CallRecord, route: OperationRouter): RequestEntry {
  const { outcome, faults, durationMs } = call;
  const { operation, datastoreId } = operationOf(call, route);
  return {
    requestId: outcome?.requestId,
    operation,
    datastoreId,
    status: outcome?.status ?? 0,
    error: outcome?.errorCode,
    ...refusalOf(call),
    faults: faults.length === 0 ? undefined : faults.map(({ fault }) => fault),
    brokeOff: outcome?.brokeOff,
    durationMs,
  };
}

function operationOf(
  call: CallRecord,
  route: OperationRouter,
): Pick<RequestEntry, "operation" | "datastoreId"> {
  const { operation, labels, name, service } = call;
  if (service === "other" && name !== undefined) return { operation: name, datastoreId: undefined };
  if (operation !== undefined) return { operation: operation.name, datastoreId: idIn(labels) };
  const found = call.service === undefined ? route(call.method, call.path) : undefined;
  if (found === undefined || found === "method")
    return { operation: requestName(call), datastoreId: undefined };
  return { operation: found.operation.name, datastoreId: idIn(found.labels) };
}

/** A string that is not an id may be anything, so it is left out. */
const idIn = ({ datastoreId }: CallRecord["labels"]): string | undefined =>
  datastoreId !== undefined && isResourceId(datastoreId) ? datastoreId : undefined;

/** Keys of objects may name patients, and so may mistyped paths: neither is logged. */
function requestName({ method, path, outcome }: CallRecord): string {
  const verb = /^[A-Z]{1,10}$/.test(method) ? method : "?";
  if (isControl({ path })) return `${verb} ${describeControlPath(path)}`;
  if (isDicomwebPath(path)) return `${verb} dicomweb`;
  // HealthImaging's answer to an unknown path: S3 has every path.
  return outcome?.errorCode === "UnknownOperationException" ? `${verb} medical-imaging` : `${verb} s3`;
}

/** Message and hint of a refusal. Those of S3 are sent to the caller only, of `/_local` also the code's fixed text. */
function refusalOf(call: CallRecord): Pick<RequestEntry, "message" | "hint"> {
  const { outcome, service } = call;
  if (outcome?.errorCode === undefined || service === "s3") return {};
  if (service === "local") return { message: outcome.logged?.message };
  const { message = outcome.message, hint } = outcome.logged ?? outcome;
  const sent = [...sentBy(call)];
  const mask = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : masked(text, sent);
  return { message: mask(message), hint: mask(outcome.isThrottled ? (hint ?? wayOut(call)) : hint) };
}

/** Everything of a call that a message could repeat. */
function* sentBy({ path, query, labels, parameters, principal }: CallRecord): Generator<string> {
  if (principal?.accessKeyId !== undefined) yield principal.accessKeyId;
  yield* Object.values(labels);
  // The model defines the names of members, except those of tags.
  yield* stringsIn(parameters, (_, parent) => parent === "tags");
  yield path;
  if (query !== "") yield* new URLSearchParams(query).values();
}

/** The hint for a call that a scenario throttled. */
function wayOut({ faults }: CallRecord): string | undefined {
  const scenario = faults[0]?.scenario;
  return scenario === undefined
    ? undefined
    : `the scenario ${scenario} throttles it; to end this, POST /_local/scenarios/${scenario}/deactivate`;
}
