import type { HttpRequest } from "../../api/http.ts";

const HERE: ReadonlySet<string> = new Set(["medical-imaging", "s3"]);
const FORM = "application/x-www-form-urlencoded";

/**
 * Whether a request is for a service that is not HealthImaging or S3: by its signature, or, where it has none, by what
 * only requests of other protocols have.
 * @param service that it is signed for
 */
export function isForOtherService(request: HttpRequest, service: string | undefined): boolean {
  if (service !== undefined) return !HERE.has(service);
  const { headers, method, path, query } = request;
  if (headers["x-amz-target"] !== undefined || headers["smithy-protocol"] !== undefined) return true;
  if (path !== "/") return false;
  const isForm = method === "POST" && headers["content-type"]?.startsWith(FORM) === true;
  return isForm || /(?:^|&)Action=/.test(query);
}

/** By the signature alone, and not of STS: what answers these knows nothing and changes nothing. */
export function isSignedForAbsentService({ headers }: Pick<HttpRequest, "headers">): boolean {
  const [, service] = /\/([\w-]+)\/aws4_request/.exec(headers["authorization"] ?? "") ?? [];
  return service !== undefined && service !== "sts" && !HERE.has(service);
}
