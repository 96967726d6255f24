import { USER_AGENT } from "../../api/user-agent.ts";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { Operation } from "../../api/model/model.ts";
import {
  isOperationCall,
  THROTTLING,
  type CallOutcome,
  type CallRecord,
  type FaultRecord,
  type OpenCall,
  type OperationCall,
} from "../../domain/activity.ts";
import type { Caller } from "../../domain/caller.ts";
import { monotonicMs } from "../../domain/monotonic-ms.ts";

/** How many bytes are kept of a body, and of an error's body. */
export const MAX_KEPT_BYTES = 512;
/** A longer body's parameters are not kept: thousands of records are. */
const MAX_HELD_BYTES = 4_096;

const NO_FAULTS: readonly FaultRecord[] = [];
const NO_LABELS: CallRecord["labels"] = {};
const NONE: readonly string[] = [];

/**
 * The record of one request. It holds its data and parses it on demand; it never holds the request itself.
 */
export class RecordedCall implements OpenCall {
  readonly at: number;
  readonly sourceAddress: string | undefined;
  readonly userAgent: string | undefined;
  readonly host: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly invocationId: string | undefined;
  service: CallRecord["service"] = undefined;
  name: string | undefined = undefined;
  principal: Caller | undefined = undefined;
  operation: Operation | undefined = undefined;
  labels = NO_LABELS;
  bodyStart = "";
  parameters: CallRecord["parameters"] = undefined;
  responseElements: unknown = undefined;
  faults = NO_FAULTS;
  outcome: CallOutcome | undefined = undefined;
  readonly #startedMs: number;
  #durationMs = 0;
  #byteLength = 0;
  readonly #sdkRequest: string | undefined;
  readonly #onBegin: (call: OperationCall) => void;

  constructor(request: HttpRequest, at: number, onBegin: (call: OperationCall) => void) {
    const { headers } = request;
    this.at = at;
    this.method = request.method;
    this.path = request.path;
    this.query = request.query;
    this.sourceAddress = request.sourceAddress;
    // A page cannot set its browser's own: as AWS's SDKs do, the console names itself in x-amz-user-agent.
    this.userAgent = headers["x-amz-user-agent"] === USER_AGENT ? USER_AGENT : headers["user-agent"];
    this.host = headers["host"];
    this.invocationId = headers["amz-sdk-invocation-id"];
    this.#sdkRequest = headers["amz-sdk-request"];
    this.#startedMs = monotonicMs();
    this.#onBegin = onBegin;
  }

  get attempt(): number | undefined {
    const sent = this.#sdkRequest;
    return sent === undefined ? undefined : Number(/attempt=(\d{1,6})/.exec(sent)?.[1] ?? 1);
  }

  get durationMs(): number {
    return this.#durationMs;
  }

  begin(operation: Operation, labels: CallRecord["labels"], principal: Caller): void {
    this.service = "medical-imaging";
    this.operation = operation;
    this.name = operation.name;
    this.labels = labels;
    this.principal = principal;
    if (isOperationCall(this)) this.#onBegin(this);
  }

  identify(service: "s3" | "local", principal?: Caller): void {
    this.service = service;
    this.principal = principal;
  }

  identifyOther(name: string, principal: Caller): void {
    this.service = "other";
    this.name = name;
    this.principal = principal;
  }

  /** Copies the start, so that the received buffer can be freed. */
  received(body: Uint8Array): void {
    if (this.bodyStart !== "" || body.length === 0) return;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.length);
    this.bodyStart = bytes.toString("utf8", 0, MAX_KEPT_BYTES);
  }

  asked(parameters: Readonly<Record<string, unknown>>, byteLength: number): void {
    this.parameters = parameters;
    this.#byteLength = byteLength;
  }

  performed(output: unknown): void {
    this.responseElements = output;
  }

  faulted(faults: readonly FaultRecord[]): void {
    this.faults = faults;
  }

  answered(response: HttpResponse): void {
    this.#durationMs = monotonicMs() - this.#startedMs;
    this.outcome = outcomeOf(response);
  }

  /** Releases what would take much memory in a record that is kept. */
  letGo(): void {
    if (this.operation?.isReadOnly !== false) this.responseElements = undefined;
    if (this.#byteLength <= MAX_HELD_BYTES) return;
    this.parameters = undefined;
    this.responseElements = undefined;
  }
}

function outcomeOf({ status, headers, body, breaksOff, error, ignored = NONE }: HttpResponse): CallOutcome {
  const isSent = breaksOff === undefined || breaksOff.afterBytes !== undefined;
  const isError = isSent && status >= 400;
  const errorCode = isError ? codeOf(headers, body) : undefined;
  return {
    status: isSent ? status : undefined,
    requestId: isSent ? (headers["x-amzn-requestid"] ?? headers["x-amz-request-id"]) : undefined,
    errorCode,
    message: isError ? error?.message : undefined,
    hint: isSent ? headers["x-local-hint"] : undefined,
    logged: isError ? error?.logged : undefined,
    errorBody: isError && typeof body === "string" ? body.slice(0, MAX_KEPT_BYTES) : undefined,
    brokeOff: breaksOff?.how,
    ignored,
    isThrottled: errorCode === THROTTLING,
  };
}

/** The code of an error of HealthImaging, of `/_local`, or of S3, which has it only in the body. */
function codeOf(headers: HttpResponse["headers"], body: HttpResponse["body"]): string | undefined {
  const code = headers["x-amzn-errortype"] ?? headers["x-local-error"];
  if (code !== undefined || typeof body !== "string") return code;
  return /<Code>(\w{1,100})<\/Code>/.exec(body)?.[1];
}
