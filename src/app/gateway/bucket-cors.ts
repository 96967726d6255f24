import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import { type CorsRule, findCorsRule } from "../../aws/s3/metadata/cors-rules.ts";
import { answerS3Error, newRequestIds } from "../../aws/s3/rest/s3-answer.ts";
import { parseResource } from "../../aws/s3/rest/s3-request.ts";
import { S3Error } from "../../aws/s3/s3-error.ts";
import { isAllowedOrigin, isOwnOrigin, isPreflight } from "./origin-guard.ts";
import type { RecordedHandler } from "./recorded-handler.ts";
import type { ObjectAddress } from "./s3-requests.ts";

interface BucketCorsDependencies {
  /** Answers a request that no rule of a bucket is about: with the emulator's own guard and CORS. */
  readonly guarded: RecordedHandler;
  /** Answers a request of a page that the emulator lets in by itself. */
  readonly handle: RecordedHandler;
  /** Answers a request that is let in by a rule: by S3, whatever else it looks like. */
  readonly s3: RecordedHandler;
  readonly addressOf: (request: HttpRequest) => ObjectAddress | undefined;
  /** The CORS rules of a bucket; undefined where it has none. */
  readonly rulesOf: (bucket: string) => readonly CorsRule[] | undefined;
  readonly origins: readonly string[];
}

/**
 * Answers web pages by the CORS rules of the bucket that they call, where it has some, as S3 does: also pages that the
 * emulator lets in by itself. A rule lets a page of another origin call that bucket's S3 and nothing else: what it
 * sends reaches S3 only, and neither the bucket's settings nor another bucket.
 */
export function withBucketCors(parts: BucketCorsDependencies): RecordedHandler {
  const { guarded, handle, s3, addressOf, rulesOf, origins } = parts;
  return async (request, record) => {
    const { origin } = request.headers;
    const address = origin === undefined ? undefined : addressOf(request);
    if (origin === undefined || address === undefined || address.bucket === "")
      return guarded(request, record);
    const rules = rulesOf(address.bucket);
    if (rules === undefined) return guarded(request, record);
    if (isPreflight(request)) return answerPreflight(request, origin, rules);
    const { method } = request;
    const rule = findCorsRule(rules, { origin, method, headers: [] });
    const isLetIn = isOwnOrigin(request, origin) || isAllowedOrigin(origin, origins);
    const isOpened = rule !== undefined && isOpenedByRules(request, address, origin, rulesOf);
    // A read is answered, as on S3, but its browser keeps the answer from the page.
    if (!isLetIn && !isOpened) return guarded(request, record);
    const response = await (isLetIn ? handle : s3)(request, record);
    if (rule === undefined) return response;
    return { ...response, headers: { ...response.headers, ...allowed(rule, origin) } };
  };
}

/** Objects, and of a bucket what is told or done of its objects; a copy only from where the page may read. */
function isOpenedByRules(
  { method, query, headers }: HttpRequest,
  { bucket, key }: ObjectAddress,
  origin: string,
  rulesOf: BucketCorsDependencies["rulesOf"],
): boolean {
  const isRead = method === "GET" || method === "HEAD";
  const isOfObjects = key !== "" || (method === "POST" && new URLSearchParams(query).has("delete"));
  if (!isRead && !isOfObjects) return false;
  const source = headers["x-amz-copy-source"];
  if (source === undefined) return true;
  const from = bucketOfSource(source);
  if (from === bucket) return true;
  const rules = from === undefined ? undefined : rulesOf(from);
  return rules !== undefined && findCorsRule(rules, { origin, method: "GET", headers: [] }) !== undefined;
}

function bucketOfSource(source: string): string | undefined {
  try {
    return parseResource(decodeURIComponent(source).replace(/^\//, "")).bucket;
  } catch {
    return undefined;
  }
}

function answerPreflight(request: HttpRequest, origin: string, rules: readonly CorsRule[]): HttpResponse {
  const method = request.headers["access-control-request-method"] ?? "";
  const asked = request.headers["access-control-request-headers"] ?? "";
  const headers = asked
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const ids = newRequestIds();
  const rule = findCorsRule(rules, { origin, method, headers });
  if (rule === undefined) {
    const message =
      "CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";
    const error = new S3Error("AccessForbidden", message, {
      details: { Method: method, ResourceType: "OBJECT" },
    });
    const refused = answerS3Error(error, request, ids);
    return { ...refused, headers: { ...refused.headers, ...ids } };
  }
  return {
    status: 200,
    headers: {
      ...ids,
      ...allowed(rule, origin),
      ...(headers.length > 0 && { "access-control-allow-headers": headers.join(", ") }),
    },
  };
}

/** A page may send credentials where the rule names origins, as on S3. */
function allowed(rule: CorsRule, origin: string): Record<string, string> {
  const isForAll = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": isForAll ? "*" : origin,
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(rule.exposeHeaders.length > 0 && {
      "access-control-expose-headers": rule.exposeHeaders.join(", "),
    }),
    ...(rule.maxAgeSeconds !== undefined && { "access-control-max-age": String(rule.maxAgeSeconds) }),
    ...(!isForAll && { "access-control-allow-credentials": "true" }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}
