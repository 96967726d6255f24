import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import { isDicomwebPath } from "../../api/model/dicomweb-model.ts";
import { isAllowedOrigin, isPreflight } from "./origin-guard.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

/** Response headers that a page may read besides those that it always may. */
const EXPOSED =
  "content-encoding, content-range, etag, x-amz-request-id, x-amzn-errortype, x-amzn-requestid, x-local-fault, x-local-hint";
const METHODS = "GET, HEAD, POST, PUT, DELETE";

/** What pages are told about answers. */
export interface CorsAnswers {
  /** Names every origin instead of the page's. */
  readonly namesAll: boolean;
  /** How long a browser may cache the answer of a preflight request. */
  readonly maxAgeSeconds: number;
}

const CORS_ANSWERS: CorsAnswers = { namesAll: false, maxAgeSeconds: 600 };

/**
 * Allows pages of some origins to read answers: those served from this machine's loopback addresses, and
 * `origins`. A page of another origin receives the same answer as any client, but its browser hides it. Such
 * a page cannot change anything of `/_local`: a reset deletes files even if its answer is never read.
 * @param origins as browsers send them (`https://viewer.example`); `*` allows every origin
 * @param ofDicomweb what is told about answers of DICOMweb
 */
export function withCors(
  handle: RecordedHandler,
  origins: readonly string[],
  ofDicomweb: CorsAnswers = CORS_ANSWERS,
): RecordedHandler {
  return async (request, record) => {
    const { origin } = request.headers;
    if (origin === undefined || !isAllowedOrigin(origin, origins)) return handle(request, record);
    const answers = isDicomwebPath(request.path) ? ofDicomweb : CORS_ANSWERS;
    if (isPreflight(request)) return answerPreflight(request, origin, answers);
    const response = await handle(request, record);
    return {
      ...response,
      headers: { ...response.headers, ...allow(origin, answers), "access-control-expose-headers": EXPOSED },
    };
  };
}

function answerPreflight({ headers }: HttpRequest, origin: string, answers: CorsAnswers): HttpResponse {
  const asked = headers["access-control-request-headers"];
  return {
    status: 200,
    headers: {
      ...allow(origin, answers),
      "access-control-allow-methods": METHODS,
      ...(asked === undefined ? {} : { "access-control-allow-headers": asked }),
      "access-control-max-age": String(answers.maxAgeSeconds),
    },
  };
}

const allow = (origin: string, { namesAll }: CorsAnswers): Record<string, string> => ({
  "access-control-allow-origin": namesAll ? "*" : origin,
  vary: "Origin",
});
