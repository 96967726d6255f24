import type { Scope } from "../../api/arns.ts";
import type { HttpRequest } from "../../api/http.ts";
import { authenticate, type Authenticated } from "../../aws/identity/authenticate.ts";
import { hasAction, isForm } from "../../aws/other-services/wire-protocol.ts";

const HERE: ReadonlySet<string> = new Set(["medical-imaging", "s3"]);

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
  return (method === "POST" && isForm(request)) || hasAction(query);
}

/** Who calls a service that is not here: its answer has no data of the emulator. Undefined for other calls. */
export function callerOfAbsentService(
  request: Pick<HttpRequest, "headers" | "query">,
  defaults: Scope,
): Authenticated | undefined {
  try {
    const caller = authenticate(request, defaults);
    const { service } = caller;
    return service === undefined || service === "sts" || HERE.has(service) ? undefined : caller;
  } catch {
    return undefined; // A signature that cannot be read.
  }
}
