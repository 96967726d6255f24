import type { HttpHandler } from "../../../src/api/http.ts";
import { recording, type RecordedHandler } from "../../../src/app/gateway/recorded-handler.ts";
import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { SILENT } from "../../../src/app/read-options.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";

/** A handler whose records are not read. */
export const recorded = (handle: RecordedHandler): HttpHandler =>
  recording(handle, new ActivityStream(systemClock, SILENT), SILENT);
