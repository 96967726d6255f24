import type { Scope } from "../../api/arns.ts";
import { isDicomwebPath } from "../../api/model/dicomweb-model.ts";
import { ServiceError } from "../../api/errors.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../api/http.ts";
import type { Log } from "../../domain/log.ts";
import { answerError } from "../../healthimaging/http/answers.ts";
import { authenticate } from "../../aws/identity/authenticate.ts";
import { isServedAt } from "./endpoints.ts";
import type { Intercept } from "../../healthimaging/http/intercept.ts";
import type { PerformOperation } from "../../healthimaging/http/medical-imaging.ts";
import type { Router } from "../../healthimaging/http/operation-route.ts";

interface GatewayDependencies {
  readonly route: Router;
  readonly medicalImaging: PerformOperation;
  /** Left out, every call is performed as it comes. */
  readonly intercept?: Intercept;
  readonly s3: (request: HttpRequest, caller: Scope) => Promise<HttpResponse>;
  /** Serves `/_local/*`. */
  readonly control: HttpHandler;
  readonly log: Log;
  /** Whom an unsigned request, and a key that is no account, belong to. */
  readonly defaults: Scope;
}

/**
 * The one door: one request, one answer, never a throw. A signed request goes to the service it
 * was signed for; an unsigned one goes by its path: `/_local`, the API's paths, then S3.
 */
export function createGateway({
  route,
  medicalImaging,
  intercept = ({ request }, perform) => perform(request),
  s3,
  control,
  log,
  defaults,
}: GatewayDependencies): HttpHandler {
  const dispatch = async (request: HttpRequest): Promise<HttpResponse> => {
    if (/^\/_local(\/|$)/.test(request.path)) return control(request);
    const caller = authenticate(request, defaults);
    if (caller.service === "s3") return s3(request, caller);
    const found = route(request.method, request.path);
    const isFound = found !== undefined && found !== "method";
    if (isFound && isServedAt(request.headers["host"], found.operation)) {
      return intercept({ route: found, request, caller }, (sent) => medicalImaging(found, sent, caller));
    }
    const isDicomweb = isDicomwebPath(request.path);
    if (found === undefined && caller.service === undefined && !isDicomweb) return s3(request, caller);
    throw unknownOperation(request, caller.service ?? "medical-imaging");
  };
  return async (request) => {
    try {
      return await dispatch(request);
    } catch (error) {
      return answerError(error, log);
    }
  };
}

function unknownOperation({ method, path }: HttpRequest, service: string): ServiceError {
  // A header's value: printable, and no longer than clients read.
  const place = `${method} ${path}`.replace(/[^ -~]/g, "?").slice(0, 500);
  const hint = [`no operation of medical-imaging is at ${place}`, hintFor(path, service)];
  return new ServiceError("UnknownOperationException", "The operation is not known.", {
    hint: hint.filter((part) => part !== undefined).join("; "),
  });
}

function hintFor(path: string, service: string): string | undefined {
  if (service !== "medical-imaging") {
    return `the request is signed for ${service}; here are medical-imaging and s3`;
  }
  if (!isDicomwebPath(path)) return undefined;
  return "of DICOMweb there is GetDICOMInstance: GET .../studies/{uid}/series/{uid}/instances/{uid}";
}
