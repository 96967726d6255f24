import { withDicomweb } from "../../../src/api/model/dicomweb-model.ts";
import type { HttpRequest, HttpResponse } from "../../../src/api/http.ts";
import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { model } from "../../../src/api/model/model.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";
import { createOperationRouter } from "../../../src/healthimaging/http/operation-route.ts";
import { Recorder } from "../../../src/local/report/recorder.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import type { Effort } from "../effort.ts";
import { show } from "../figures.ts";
import { median } from "../ratio.ts";

const ROUNDS = 5;
const CALLS = 50_000;
const ID = "0".repeat(32);
const IMAGE_SET = `{"createdAt":1.7E9,"datastoreId":"${ID}","imageSetArn":"arn:aws:medical-imaging:us-east-1:000000000000:datastore/${ID}/imageset/${ID}","imageSetId":"${ID}","imageSetState":"ACTIVE","imageSetWorkflowStatus":"CREATED","message":null,"updatedAt":null,"versionId":"1"}`;

/** The report's own cost for each call: processor time. */
export async function benchReport(effort: Effort): Promise<void> {
  for (const [operation, body] of [
    ["getImageFrame", Buffer.alloc(50_000)],
    ["getImageSet", IMAGE_SET],
  ] as const)
    show(
      `what the report adds to ${operation}`,
      `${(await timeRecorder(effort, operation, { status: 200, headers: {}, body })).toFixed(1)} µs`,
    );
}

/** Median microseconds that it adds to the record of a call. */
async function timeRecorder(effort: Effort, operation: string, response: HttpResponse): Promise<number> {
  const [bare, watched] = [
    new ActivityStream(systemClock, { error: () => {} }),
    new ActivityStream(systemClock, { error: () => {} }),
  ];
  const state = new MemoryState();
  const recorder = new Recorder({
    activity: watched,
    clock: systemClock,
    quotas: new Quotas(),
    state: () => state,
    repeatedInstances: () => 0,
    operations: [...withDicomweb(model).operations.keys()],
  });
  const call = callOf(operation, response);
  const calls = effort.count(CALLS, 100);
  const rounds: number[] = [];
  for (let round = 0; round < effort.rounds(ROUNDS); round++) {
    const without = await time(calls, () => call(bare));
    rounds.push((await time(calls, () => call(watched))) - without);
  }
  if (recorder.report().accounts.length !== 1) throw new Error("nothing was recorded");
  return median(rounds);
}

/** Records a call that does nothing. */
function callOf(operation: string, response: HttpResponse): (activity: ActivityStream) => Promise<void> {
  const path = `/datastore/${ID}/imageSet/${ID}/${operation}`;
  const route = createOperationRouter(model)("POST", path);
  if (route === undefined || route === "method") throw new Error("no route");
  const body = (async function* () {})();
  const headers = { host: "127.0.0.1:4464", "user-agent": "aws-sdk-js/3.958.0" };
  const caller = { account: "000000000000", region: "us-east-1", accessKeyId: "bench" };
  const request: HttpRequest = { method: "POST", path, query: "", headers, body };
  const output: unknown = typeof response.body === "string" ? JSON.parse(response.body) : undefined;
  return async (activity) => {
    const record = activity.open(request);
    record.begin(route.operation, route.labels, caller);
    record.performed(output);
    activity.close(record, response);
  };
}

async function time(calls: number, call: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  for (let index = 0; index < calls; index++) await call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / calls;
}
