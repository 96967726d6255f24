import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import { isAllowedOrigin, isPreflight } from "./origin-guard.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

/** Headers of answers that a page may read besides those it always may. */
const EXPOSED =
  "content-encoding, content-range, etag, x-amz-request-id, x-amzn-errortype, x-amzn-requestid, x-local-fault, x-local-hint";
const METHODS = "GET, HEAD, POST, PUT, DELETE";
/** How long a browser need not ask again, in seconds. */
const MAX_AGE = "600";

/**
 * Lets pages of some origins read answers: those served from this machine's loopback addresses, and
 * `origins`. The page of another origin gets what any client gets, which its browser keeps from it; but
 * nothing of `/_local` changes for it: a reset throws files away without any answer being read.
 * @param origins as browsers send them (`https://viewer.example`); `*` allows every one
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
