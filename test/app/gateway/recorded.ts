import type { HttpHandler } from "../../../src/api/http.ts";
import { recording, type RecordedHandler } from "../../../src/app/gateway/recorded-handler.ts";
import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";

/** A handler with records that nobody reads. */
export const recorded = (handle: RecordedHandler): HttpHandler =>
  recording(handle, new ActivityStream(systemClock, { error: () => {} }));
