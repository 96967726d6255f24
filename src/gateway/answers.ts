import { randomUUID } from "node:crypto";
import type { BytesOutput } from "../actions/action.ts";
import { ERROR_STATUS, ServiceError } from "../api/errors.ts";
import type { HttpResponse } from "../api/http.ts";
import type { Log } from "../domain/log.ts";

export function answerJson(body: string): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": "application/json", "x-amzn-requestid": randomUUID() },
    body,
  };
}

/** What operations answer that have no output (service-facts 2.19: 204, though the model says 200). */
export function answerNothing(): HttpResponse {
  return { status: 204, headers: { "x-amzn-requestid": randomUUID() } };
}

export function answerBytes({ bytes, contentType, contentEncoding }: BytesOutput): HttpResponse {
  const headers: Record<string, string> = { "content-type": contentType, "x-amzn-requestid": randomUUID() };
  if (contentEncoding !== undefined) headers["content-encoding"] = contentEncoding;
  return { status: 200, headers, body: bytes };
}

/** Anything unforeseen is logged and becomes an InternalServerException that says nothing of it. */
export function answerError(thrown: unknown, log: Log): HttpResponse {
  const requestId = randomUUID();
  const error = thrown instanceof ServiceError ? thrown : unforeseen(thrown, requestId, log);
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "x-amzn-errortype": error.code,
    "x-amzn-requestid": requestId,
  };
  if (error.hint !== undefined) headers["x-local-hint"] = error.hint;
  return { status: ERROR_STATUS[error.code], headers, body: JSON.stringify({ message: error.message }) };
}

function unforeseen(thrown: unknown, requestId: string, log: Log): ServiceError {
  log.error(`request ${requestId} failed`, thrown);
  return new ServiceError(
    "InternalServerException",
    "An unexpected error occurred during processing of the request.",
  );
}
