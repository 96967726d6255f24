import type { HttpHandler, HttpRequest, HttpResponse } from "../../api/http.ts";
import type { ActivityStream } from "../../aws/activity/activity-stream.ts";
import type { OpenCall } from "../../domain/activity.ts";
import type { Log } from "../../domain/log.ts";
import { answerError } from "../../healthimaging/http/answers.ts";

/** Answers a request, and adds to the request's record what it learns. */
export type RecordedHandler = (request: HttpRequest, record: OpenCall) => Promise<HttpResponse>;

/**
 * Creates the one record of each request, and publishes it when the answer begins. Outside of it there is the web
 * framework, which would show what a handler throws: nothing passes.
 */
export const recording =
  (handle: RecordedHandler, activity: Pick<ActivityStream, "open" | "close">, log: Log): HttpHandler =>
  async (request) => {
    const record = activity.open(request);
    const response = await handle(request, record).catch((error: unknown) => answerError(error, log));
    activity.close(record, response);
    return response;
  };
