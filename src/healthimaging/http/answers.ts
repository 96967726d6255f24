import { Readable } from "node:stream";
import type { BytesOutput } from "../actions/action.ts";
import { ERROR_STATUS, ServiceError } from "../../api/errors.ts";
import type { HttpResponse } from "../../api/http.ts";
import { UnreadableBlob } from "../../domain/blobs.ts";
import type { Log } from "../../domain/log.ts";
import { errorCode } from "../../api/error-code.ts";
import { newRequestId } from "./request-id.ts";

/** @param hint sent as `x-local-hint` */
export function answerJson(body: string, hint?: string): HttpResponse {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "x-amzn-requestid": newRequestId(),
  };
  if (hint !== undefined) headers["x-local-hint"] = hint;
  return { status: 200, headers, body };
}

/** The answer of operations without output: 204, although the model says 200 (facts: tags#status). */
export function answerNothing(): HttpResponse {
  return { status: 204, headers: { "x-amzn-requestid": newRequestId() } };
}

export function answerBytes({ bytes, contentType, contentEncoding, hint }: BytesOutput): HttpResponse {
  const headers: Record<string, string> = { "content-type": contentType, "x-amzn-requestid": newRequestId() };
  if (contentEncoding !== undefined) headers["content-encoding"] = contentEncoding;
  if (hint !== undefined) headers["x-local-hint"] = hint;
  return { status: 200, headers, body: bytes };
}

/** A file that is written while it is sent, with its description. */
export interface FileOutput {
  readonly file: AsyncIterable<Uint8Array>;
  /** Left out where it is known only at the end. */
  readonly byteLength?: number | undefined;
  readonly contentType: string;
  /** Sent as `x-local-hint`. */
  readonly hint: string | undefined;
  /** See `HttpResponse`. */
  readonly takeBack?: ((piece: Uint8Array) => void) | undefined;
}

/** A failure during the transfer is logged; the connection ends before the announced length. */
export function answerFile(
  { file, byteLength, contentType, hint, takeBack }: FileOutput,
  method: string,
  log: Log,
): HttpResponse {
  const requestId = newRequestId();
  const headers: Record<string, string> = {
    "content-type": contentType,
    "x-amzn-requestid": requestId,
  };
  if (byteLength !== undefined) headers["content-length"] = String(byteLength);
  if (hint !== undefined) headers["x-local-hint"] = hint;
  if (method === "HEAD") return { status: 200, headers };
  // Byte mode holds one piece in advance; object mode would hold sixteen.
  const body = Readable.from(file, { objectMode: false });
  body.on("error", (error) => {
    if (!isGoneAway(error)) logFailure(log, `the connection of request ${requestId} broke`, error);
  });
  return { status: 200, headers, body, ...(takeBack && { takeBack }) };
}

/** The client disconnected, which destroys the stream. */
const isGoneAway = (error: unknown): boolean =>
  ["ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EPIPE", "ABORT_ERR"].includes(
    errorCode(error),
  );

/** An unforeseen error is logged and becomes an InternalServerException without details. */
export function answerError(thrown: unknown, log: Pick<Log, "error">): HttpResponse {
  const requestId = newRequestId();
  const error = thrown instanceof ServiceError ? thrown : unforeseen(thrown, requestId, log);
  return answerServiceError(error, requestId);
}

export function answerServiceError(error: ServiceError, requestId: string = newRequestId()): HttpResponse {
  if (error.code === "UnknownOperationException") return answerUnknownOperation(requestId, error);
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "x-amzn-errortype": error.code,
    "x-amzn-requestid": requestId,
  };
  if (error.hint !== undefined) headers["x-local-hint"] = error.hint;
  const body = JSON.stringify({ message: error.message });
  return { status: ERROR_STATUS[error.code], headers, body, error };
}

/**
 * Assumed: unknown-operation-body. AWS's front end sends neither message nor content type for it, so the
 * explanation is a hint.
 */
function answerUnknownOperation(requestId: string, error: ServiceError): HttpResponse {
  const { code, hint, message } = error;
  const headers = {
    "x-amzn-errortype": code,
    "x-amzn-requestid": requestId,
    "x-local-hint": hint ?? message,
  };
  return { status: ERROR_STATUS[code], headers, body: "<UnknownOperationException/>", error };
}

function unforeseen(thrown: unknown, requestId: string, log: Pick<Log, "error">): ServiceError {
  logFailure(log, `request ${requestId} failed`, thrown);
  return new ServiceError(
    "InternalServerException",
    "An unexpected error occurred during processing of the request.",
    thrown instanceof UnreadableBlob ? { hint: thrown.hint } : {},
  );
}

/** Damaged data is reported in one line: a stack would not help. */
function logFailure(log: Pick<Log, "error">, what: string, error: unknown): void {
  if (error instanceof UnreadableBlob) log.error(`${what}: ${error.message}`);
  else log.error(what, error);
}
