import type { Scope } from "../../api/arns.ts";
import { whyNotServed } from "../../api/releases/why-not-served.ts";
import { findDicomwebOperation, isDicomwebPath } from "../../api/model/dicomweb-model.ts";
import { ServiceError } from "../../api/errors.ts";
import type { HttpHandler, HttpRequest } from "../../api/http.ts";
import type { Activity } from "../../domain/activity.ts";
import type { Log } from "../../domain/log.ts";
import { answerError } from "../../healthimaging/http/answers.ts";
import { authenticate } from "../../aws/identity/authenticate.ts";
import type { OtherServices } from "../../aws/other-services/other-services.ts";
import { isForConsole } from "./console-requests.ts";
import { isControl } from "./control-refusal.ts";
import { isServedAt } from "./endpoints.ts";
import type { Intercept } from "../../healthimaging/http/intercept.ts";
import { isForOtherService } from "./other-service.ts";
import type { RecordedHandler } from "./recorded-handler.ts";
import { isForS3 } from "./s3-requests.ts";
import type { PerformOperation } from "../../healthimaging/http/medical-imaging.ts";
import type { OperationRouter } from "../../healthimaging/http/operation-route.ts";

interface GatewayDependencies {
  readonly route: OperationRouter;
  readonly medicalImaging: PerformOperation;
  /** Left out, every call is performed unchanged. */
  readonly intercept?: Intercept;
  /** Attributes to a request of `/_local` what it changes. */
  readonly activity: Pick<Activity, "because">;
  /** Answers calls that are for neither HealthImaging nor S3. */
  readonly otherServices: OtherServices;
  readonly s3: RecordedHandler;
  /** Serves `/_local/*`. */
  readonly control: HttpHandler;
  /** Serves the console's page and files; undefined where it is off. */
  readonly console?: HttpHandler | undefined;
  readonly log: Log;
  /** Account and region of unsigned requests, and of access keys that are not an account. */
  readonly defaults: Scope;
}

/**
 * The entry for every request: one request, one answer, never a throw. A signed request goes to the service
 * that it was signed for; an unsigned one is routed by its form and path: the console, `/_local`, another service's protocol, the
 * API's paths, then S3.
 */
export function createGateway({
  route,
  medicalImaging,
  intercept = ({ request }, perform) => perform(request),
  activity,
  otherServices,
  s3,
  control,
  console,
  log,
  defaults,
}: GatewayDependencies): RecordedHandler {
  const dispatch: RecordedHandler = async (request, record) => {
    if (console !== undefined && isForConsole(request)) {
      record.identify("local");
      return console(request);
    }
    if (isControl(request)) {
      record.identify("local");
      return activity.because({ kind: "control", call: record }, () => control(request));
    }
    const caller = authenticate(request, defaults);
    if (isForS3(request, caller.service, route)) return s3(request, record);
    if (isForOtherService(request, caller.service)) return otherServices(request, record, caller);
    const found = route(request.method, request.path);
    const isFound = found !== undefined && found !== "method";
    if (isFound && isServedAt(request.headers["host"], found.operation)) {
      record.begin(found.operation, found.labels, caller);
      const call = { route: found, request, caller, record };
      return intercept(call, (sent) => medicalImaging(sent === request ? call : { ...call, request: sent }));
    }
    throw unknownOperation(request);
  };
  return async (request, record) => {
    try {
      return await dispatch(request, record);
    } catch (error) {
      return answerError(error, log);
    }
  };
}

function unknownOperation({ method, path }: HttpRequest): ServiceError {
  // A header value: printable, and no longer than clients accept.
  const place = `${method} ${path}`.replace(/[^ -~]/g, "?").slice(0, 500);
  const instead = hintFor(method, path);
  const hint = [`medical-imaging has no operation at ${place}`, instead];
  return new ServiceError("UnknownOperationException", "The operation is not known.", {
    hint: hint.filter((part) => part !== undefined).join("; "),
    logged: { hint: instead },
  });
}

/** What to do about a call of DICOMweb that is not served. */
function hintFor(method: string, path: string): string | undefined {
  if (!isDicomwebPath(path)) return undefined;
  const meant = findDicomwebOperation(method, path);
  if (meant === undefined) return "docs/guide/dicomweb.md lists the DICOMweb operations";
  return whyNotServed(meant);
}
