import { isDicomwebPath } from "../../api/model/dicomweb-model.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../api/http.ts";
import type { Router } from "../../healthimaging/http/operation-route.ts";
import { monotonicMs } from "../../domain/monotonic-ms.ts";

/** What is told of a request: nothing that it carried, only what it asked for and what came of it. */
export interface RequestEntry {
  readonly requestId: string | undefined;
  /** AWS's name (`GetImageFrame`), or the method and what it was aimed at (`PUT s3`, `GET /_local/health`). */
  readonly operation: string;
  readonly datastoreId: string | undefined;
  readonly status: number;
  /** AWS's name of an error. */
  readonly error: string | undefined;
  readonly durationMs: number;
}

/** Tells of each request when its answer begins. */
export function withRequestLog(
  handle: HttpHandler,
  route: Router,
  onRequest: (entry: RequestEntry) => void,
): HttpHandler {
  return async (request) => {
    const started = monotonicMs();
    const response = await handle(request);
    onRequest({ ...requestEntryOf(request, response, route), durationMs: monotonicMs() - started });
    return response;
  };
}

function requestEntryOf(
  request: HttpRequest,
  { status, headers }: HttpResponse,
  route: Router,
): Omit<RequestEntry, "durationMs"> {
  const requestId = headers["x-amzn-requestid"] ?? headers["x-amz-request-id"];
  const error = headers["x-amzn-errortype"];
  const found = route(request.method, request.path);
  if (found === undefined || found === "method")
    return { requestId, operation: requestName(request, error), datastoreId: undefined, status, error };
  const { operation, labels } = found;
  return { requestId, operation: operation.name, datastoreId: labels["datastoreId"], status, error };
}

/** Keys of objects may name patients, so may what is mistyped: neither is told. */
function requestName({ method, path }: HttpRequest, error: string | undefined): string {
  const verb = /^[A-Z]{1,10}$/.test(method) ? method : "?";
  if (/^\/_local(?:\/[a-z-]+)?(?:\/|$)/.test(path))
    return `${verb} ${/^\/_local(?:\/[a-z-]+)?/.exec(path)?.[0]}`;
  if (isDicomwebPath(path)) return `${verb} dicomweb`;
  // HealthImaging's answer to a path that it does not have: S3 has every path.
  return error === "UnknownOperationException" ? `${verb} medical-imaging` : `${verb} s3`;
}
