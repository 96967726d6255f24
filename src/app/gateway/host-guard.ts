import { ServiceError } from "../../api/errors.ts";
import type { Log } from "../../domain/log.ts";
import type { Scope } from "../../api/arns.ts";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { OtherServices } from "../../aws/other-services/other-services.ts";
import { S3Error } from "../../aws/s3/s3-error.ts";
import { answerS3Error, newRequestIds } from "../../aws/s3/rest/s3-answer.ts";
import { answerServiceError } from "../../healthimaging/http/answers.ts";
import { refusalOf } from "./control-refusal.ts";
import { nameIn } from "./host-name.ts";
import { createLogOnce } from "./log-once.ts";
import { callerOfAbsentService } from "./other-service.ts";
import type { ServedHosts } from "./served-hosts.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

interface HostGuardDependencies {
  readonly hosts: ServedHosts;
  readonly log: Log;
  readonly otherServices: OtherServices;
  /** Account and region of access keys that are not an account. */
  readonly defaults: Scope;
}

/**
 * Answers only requests whose `Host` is one of the emulator's (against DNS rebinding). Browsers always send
 * `Host`, so a request without one comes from another program. A call for a service that is not emulated is answered with that
 * at any host.
 */
export function withHostGuard(
  handle: RecordedHandler,
  { hosts, log, otherServices, defaults }: HostGuardDependencies,
): RecordedHandler {
  const logOnce = createLogOnce(log);
  return async (request, record) => {
    const { host } = request.headers;
    if (host === undefined || hosts.has(host)) return handle(request, record);
    const caller = callerOfAbsentService(request, defaults);
    if (caller !== undefined) return otherServices(request, record, caller);
    const name = nameIn(host);
    logOnce(
      name ?? "",
      name === undefined
        ? "refused a request: its Host is not a host name"
        : `refused a request for the host ${name}: ${hintFor(name)}`,
    );
    return refusalOf(request, "HostNotAllowed", refuse(request, name));
  };
}

const hintFor = (name: string): string => `start it with --allow-host ${name} to serve it`;

function refuse(request: HttpRequest, name: string | undefined): HttpResponse {
  const message = `This emulator does not serve the host ${name ?? "of this request"}`;
  if (name === undefined) return answerServiceError(new ServiceError("AccessDeniedException", message));
  const hint = hintFor(name);
  const whole = `${message}: ${hint}`;
  if (!isForS3(request))
    return answerServiceError(new ServiceError("AccessDeniedException", whole, { hint }));
  const ids = newRequestIds();
  const answer = answerS3Error(new S3Error("AccessDenied", whole), request, ids);
  return { ...answer, headers: { ...answer.headers, ...ids, "x-local-hint": hint } };
}

const isForS3 = ({ headers }: HttpRequest): boolean =>
  headers["authorization"]?.includes("/s3/aws4_request") === true;
