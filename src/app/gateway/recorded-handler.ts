import type { HttpHandler, HttpRequest, HttpResponse } from "../../api/http.ts";
import type { ActivityStream } from "../../aws/activity/activity-stream.ts";
import type { OpenCall } from "../../domain/activity.ts";

/** Answers a request, and adds to the request's record what it learns. */
export type RecordedHandler = (request: HttpRequest, record: OpenCall) => Promise<HttpResponse>;

/** Creates the one record of each request, and publishes it when the answer begins. */
export const recording =
  (handle: RecordedHandler, activity: Pick<ActivityStream, "open" | "close">): HttpHandler =>
  async (request) => {
    const record = activity.open(request);
    const response = await handle(request, record);
    activity.close(record, response);
    return response;
  };
