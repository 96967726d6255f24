import type { HttpHandler, HttpRequest, HttpResponse } from "../../api/http.ts";
import type { ActivityStream } from "../../aws/activity/activity-stream.ts";
import type { OpenCall } from "../../domain/activity.ts";

/** Answers a request and says in its record what it learns of it. */
export type RecordedHandler = (request: HttpRequest, record: OpenCall) => Promise<HttpResponse>;

/** Gives each request its one record, and has the stream tell of it when its answer begins. */
export const recording =
  (handle: RecordedHandler, activity: Pick<ActivityStream, "open" | "close">): HttpHandler =>
  async (request) => {
    const record = activity.open(request);
    const response = await handle(request, record);
    activity.close(record, response);
    return response;
  };
