import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import { isAllowedOrigin, isPreflight } from "./origin-guard.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

/** Response headers that a page may read besides those that it always may. */
const EXPOSED =
  "content-encoding, content-range, etag, x-amz-request-id, x-amzn-errortype, x-amzn-requestid, x-local-fault, x-local-hint";
const METHODS = "GET, HEAD, POST, PUT, DELETE";
/** How long a browser may cache the answer of a preflight request, in seconds. */
const MAX_AGE = "600";

/**
 * Allows pages of some origins to read answers: those served from this machine's loopback addresses, and
 * `origins`. A page of another origin receives the same answer as any client, but its browser hides it. Such
 * a page cannot change anything of `/_local`: a reset deletes files even if its answer is never read.
 * @param origins as browsers send them (`https://viewer.example`); `*` allows every origin
 */
export function withCors(handle: RecordedHandler, origins: readonly string[]): RecordedHandler {
  return async (request, record) => {
    const { origin } = request.headers;
    if (origin === undefined || !isAllowedOrigin(origin, origins)) return handle(request, record);
    if (isPreflight(request)) return answerPreflight(request, origin);
    const response = await handle(request, record);
    return {
      ...response,
      headers: { ...response.headers, ...allow(origin), "access-control-expose-headers": EXPOSED },
    };
  };
}

function answerPreflight({ headers }: HttpRequest, origin: string): HttpResponse {
  const asked = headers["access-control-request-headers"];
  return {
    status: 200,
    headers: {
      ...allow(origin),
      "access-control-allow-methods": METHODS,
      ...(asked === undefined ? {} : { "access-control-allow-headers": asked }),
      "access-control-max-age": MAX_AGE,
    },
  };
}

const allow = (origin: string): Record<string, string> => ({
  "access-control-allow-origin": origin,
  vary: "Origin",
});
