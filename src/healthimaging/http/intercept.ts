import type { HttpRequest, HttpResponse } from "../../api/http.ts";
import type { OpenCall } from "../../domain/activity.ts";
import type { Caller } from "../../domain/caller.ts";
import type { OperationRoute } from "./operation-route.ts";

/** A call of an operation, before anything is done. */
export interface Call {
  readonly route: OperationRoute;
  readonly request: HttpRequest;
  readonly caller: Caller;
  readonly record: OpenCall;
}

/**
 * Stands between the gateway and the operations: it sees every call and its answer, may answer itself, and
 * may change the answer. `perform` never throws: an error is an answer too.
 */
export type Intercept = (
  call: Call,
  perform: (request: HttpRequest) => Promise<HttpResponse>,
) => Promise<HttpResponse>;
