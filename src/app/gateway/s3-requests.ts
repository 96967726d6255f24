import type { Scope } from "../../api/arns.ts";
import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import { isDicomwebPath } from "../../api/model/dicomweb-model.ts";
import { ServiceError } from "../../api/errors.ts";
import { authenticate } from "../../aws/identity/authenticate.ts";
import { parseResource } from "../../aws/s3/rest/s3-request.ts";
import { S3Error } from "../../aws/s3/s3-error.ts";
import type { Log } from "../../domain/log.ts";
import { answerError } from "../../healthimaging/http/answers.ts";
import type { OperationRouter } from "../../healthimaging/http/operation-route.ts";
import { isControl } from "./control-refusal.ts";
import { bucketIn } from "./endpoints.ts";
import { isForOtherService } from "./other-service.ts";
import type { RecordedHandler } from "./recorded-handler.ts";

/**
 * Whether a request is S3's: signed for it, or unsigned and at a bucket's host, or at a path that no other service
 * has.
 * @param service that it is signed for
 */
export function isForS3(request: HttpRequest, service: string | undefined, route: OperationRouter): boolean {
  if (service !== undefined) return service === "s3";
  const { method, path, headers } = request;
  if (bucketIn(headers["host"]) !== undefined) return true;
  const isOther = isForOtherService(request, service) || isDicomwebPath(path);
  return !isOther && route(method, path) === undefined;
}

interface S3HandlerDependencies {
  readonly s3: (request: HttpRequest, caller: Scope) => Promise<HttpResponse>;
  readonly log: Log;
  /** Account and region of unsigned requests, and of access keys that are not an account. */
  readonly defaults: Scope;
}

/** Gives every request to S3, and to nothing else. */
export const createS3Handler =
  ({ s3, log, defaults }: S3HandlerDependencies): RecordedHandler =>
  async (request, record) => {
    try {
      const caller = authenticate(request, defaults);
      record.identify("s3", caller);
      return await s3({ ...request, path: pathOf(request) }, caller);
    } catch (error) {
      return answerError(error, log);
    }
  };

/** With the bucket in front, also where it is in the host. */
function pathOf({ path, headers }: HttpRequest): string {
  const bucket = bucketIn(headers["host"]);
  return bucket === undefined ? path : `/${bucket}${path}`;
}

export type ObjectAddress = ReturnType<typeof parseResource>;

/**
 * The bucket and key of a request that the gateway gives to S3, as S3 reads them; for a preflight, those of the request
 * that it announces. Undefined for other requests.
 */
export const s3AddressOf =
  (route: OperationRouter, defaults: Scope) =>
  (request: HttpRequest): ObjectAddress | undefined => {
    if (isControl(request)) return undefined;
    try {
      const { service } = authenticate(request, defaults);
      const method = request.headers["access-control-request-method"] ?? request.method;
      const announced = request.method === "OPTIONS" ? { ...request, method } : request;
      return isForS3(announced, service, route) ? parseResource(pathOf(request).slice(1)) : undefined;
    } catch (error) {
      if (error instanceof ServiceError || error instanceof S3Error) return undefined;
      throw error;
    }
  };
