import { expect, test } from "vitest";
import { recording } from "../../../src/app/gateway/recorded-handler.ts";
import { SILENT } from "../../../src/app/read-options.ts";
import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";
import { bodyOf } from "../../healthimaging/http/sample-inputs.ts";

test("what a guard throws is answered without its text, recorded and logged", async () => {
  const [answered, logged]: [(number | undefined)[], unknown[]] = [[], []];
  const activity = new ActivityStream(systemClock, SILENT);
  activity.read({ callAnswered: ({ outcome }) => answered.push(outcome?.status) });
  const log = { ...SILENT, error: (_: string, error: unknown) => void logged.push(error) };
  const fault = new Error("/home/user/data");
  const handle = recording(async () => Promise.reject(fault), activity, log);
  const request = { method: "GET", path: "/", query: "", headers: {}, body: bodyOf("") };
  const { status, body } = await handle(request);
  expect([status, body]).toEqual([500, expect.not.stringContaining("/home/user")]);
  expect([answered, logged]).toEqual([[500], [fault]]);
});
