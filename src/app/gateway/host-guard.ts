import { ServiceError } from "../../api/errors.ts";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import { S3Error } from "../../aws/s3/s3-error.ts";
import { answerError, newRequestIds } from "../../aws/s3/rest/s3-answer.ts";
import { answerServiceError } from "../../healthimaging/http/answers.ts";
import { nameIn, type ServedHosts } from "./served-hosts.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

/**
 * Answers only those requests whose `Host` is one of the emulator's (DNS rebinding). No browser leaves
 * it out, so one without is a program's.
 */
export function withHostGuard(handle: RecordedHandler, hosts: ServedHosts): RecordedHandler {
  return async (request, record) => {
    const { host } = request.headers;
    return host === undefined || hosts.has(host) ? handle(request, record) : refuse(request, host);
  };
}

function refuse(request: HttpRequest, host: string): HttpResponse {
  const name = nameIn(host);
  const message = `This emulator does not serve the host ${name ?? "of this request"}`;
  if (name === undefined) return answerServiceError(new ServiceError("AccessDeniedException", message));
  const hint = `start it with --allow-host ${name} to serve it`;
  const whole = `${message}: ${hint}`;
  if (!isForS3(request))
    return answerServiceError(new ServiceError("AccessDeniedException", whole, { hint }));
  const ids = newRequestIds();
  const answer = answerError(new S3Error("AccessDenied", whole), request, ids);
  return { ...answer, headers: { ...answer.headers, ...ids, "x-local-hint": hint } };
}

const isForS3 = ({ headers }: HttpRequest): boolean =>
  headers["authorization"]?.includes("/s3/aws4_request") === true;
