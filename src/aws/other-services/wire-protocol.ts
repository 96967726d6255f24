import type { HttpRequest } from "../../api/http.ts";

/** How clients of a service write requests and read errors (facts: other-services#protocols). */
export type WireProtocol = "query" | "query-json" | "ec2" | "rest-xml" | "json" | "rest-json" | "cbor";

/** Signing names whose protocol a request does not show. Every other service without a mark is rest-json. */
const BY_SERVICE: ReadonlyMap<string | undefined, WireProtocol> = new Map([
  ["cloudfront", "rest-xml"],
  ["route53", "rest-xml"],
  ["s3-object-lambda", "rest-xml"],
  ["s3express", "rest-xml"],
]);

/** @param service its signing name; undefined of an unsigned request */
export function protocolOf(
  { headers, query }: Pick<HttpRequest, "headers" | "query">,
  service: string | undefined,
): WireProtocol {
  const contentType = headers["content-type"] ?? "";
  if (headers["smithy-protocol"] === "rpc-v2-cbor" || contentType.startsWith("application/cbor"))
    return "cbor";
  if (contentType.startsWith("application/x-amz-json-") || headers["x-amz-target"] !== undefined)
    return "json";
  if (isForm({ headers }) || hasAction(query)) return service === "ec2" ? "ec2" : "query";
  return BY_SERVICE.get(service) ?? "rest-json";
}

/** The query protocol as a POST. */
export const isForm = ({ headers }: Pick<HttpRequest, "headers">): boolean =>
  headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;

/** The query protocol as a GET: presigned URLs have it. */
export const hasAction = (query: string): boolean => /(?:^|&)Action=/.test(query);
