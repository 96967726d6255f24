import { ActivityStream } from "../../../src/aws/activity/activity-stream.ts";
import { Journal } from "../../../src/aws/activity/journal.ts";
import { withDicomweb } from "../../../src/api/model/dicomweb-model.ts";
import type { HttpRequest, HttpResponse } from "../../../src/api/http.ts";
import { model } from "../../../src/api/model/model.ts";
import { Datastores } from "../../../src/domain/datastores/datastores.ts";
import { DEFAULT_DURATIONS } from "../../../src/domain/time/durations.ts";
import { ImageSets } from "../../../src/domain/image-sets/image-sets.ts";
import { Transitions } from "../../../src/domain/time/transitions.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { systemClock } from "../../../src/domain/time/system-clock.ts";
import { readBody } from "../../../src/healthimaging/http/read-body.ts";
import { createOperationRouter } from "../../../src/healthimaging/http/operation-route.ts";
import { createIntercept } from "../../../src/local/scenarios/scenario-intercept.ts";
import { readScenarioSource } from "../../../src/local/scenarios/reading/read-scenario.ts";
import { Scenarios } from "../../../src/local/scenarios/scenarios.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { getImageFrame, getImageSet, importOne } from "../against/call-subjects.ts";
import { measureCalls } from "../against/calls.ts";
import type { Effort } from "../effort.ts";
import { Emulator } from "../emulator.ts";
import { thisTree } from "../trees.ts";
import { show } from "../figures.ts";
import { LoadClient } from "../load/load.ts";
import { median } from "../ratio.ts";

const ROUNDS = 5;
const CALLS = 20_000;

/** Twenty rules, none of which fires: half are for other data stores, half draw and lose. */
const twentyRules = (op: string): string =>
  JSON.stringify({
    rules: Array.from({ length: 20 }, (_, index) => ({
      id: `r${index}`,
      match: { op, ...(index % 2 === 0 ? { datastore: "name:other*" } : {}) },
      when: { probability: 1e-9 },
      effects: [{ error: { type: "InternalServerException" } }],
    })),
  });

/** The interceptor's own cost for each call, beside the cost of a request over HTTP: processor time. */
export async function benchScenarios(effort: Effort): Promise<void> {
  const client = await LoadClient.open();
  const emulator = await Emulator.open(await thisTree());
  const place = await importOne(emulator);
  const calls = effort.count(CALLS, 100);
  for (const kind of [getImageFrame(emulator, place), getImageSet(emulator, place)]) {
    const rounds: number[] = [];
    for (let round = 0; round <= effort.rounds(ROUNDS); round++) {
      const [cpu] = await measureCalls(client, emulator, kind, calls);
      if (round > 0) rounds.push(cpu?.value ?? Number.NaN);
    }
    const whole = median(rounds);
    const { path, body = "" } = kind.requests[0] ?? { path: "" };
    const share = (us: number): string => `${us.toFixed(1)} µs, ${((100 * us) / whole).toFixed(1)} %`;
    const text = body.toString();
    show(`${kind.name}, processor time of a request`, `${whole.toFixed(0)} µs`);
    show(
      "  of it the interceptor and the journal, nothing active",
      share(await timeDoor(effort, path, text)),
    );
    show("  with 20 rules for other operations", share(await timeDoor(effort, path, text, "List*")));
    show(
      "  with 20 rules for this one, 10 of them drawing",
      share(await timeDoor(effort, path, text, "Get*")),
    );
  }
  await emulator.close();
  await client.close();
}

/** Median microseconds that the interceptor adds to a call of such a request that does nothing. */
async function timeDoor(effort: Effort, path: string, text: string, op?: string): Promise<number> {
  const state = new MemoryState();
  const clock = systemClock;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const datastores = new Datastores({
    state,
    clock,
    createId: () => "",
    quotas: new Quotas(),
    transitions: new Transitions({ clock, durations: DEFAULT_DURATIONS, log }),
  });
  const imageSets = new ImageSets({ state, clock, datastores });
  const activity = new ActivityStream(clock, { error: () => {} });
  const journal = new Journal(activity);
  const scenarios = new Scenarios({ state, clock, activity, nextRequest: () => journal.nextSeq, log });
  const { scenario } = await readScenarioSource(twentyRules(op ?? "*"), withDicomweb(model), {
    default: "bench",
  });
  if (op !== undefined && scenario !== undefined) scenarios.activate(scenario);
  const nothing = async (): Promise<void> => {};
  const blobs = { read: async () => new Uint8Array(), write: nothing, take: nothing, remove: nothing };
  const intercept = createIntercept({
    scenarios,
    instance: () => ({ state, imageSets, blobs }),
    clock,
    log,
  });
  const route = createOperationRouter(model)("POST", path);
  if (route === undefined || route === "method") throw new Error("no route");
  const caller = { account: "000000000000", region: "us-east-1", accessKeyId: "bench" };
  const perform = async (request: HttpRequest): Promise<HttpResponse> => {
    await readBody(request, body.length);
    return { status: 200, headers: {} };
  };
  const recorded = async (request: HttpRequest): Promise<void> => {
    const record = activity.open(request);
    record.begin(route.operation, route.labels, caller);
    activity.close(record, await intercept({ route, request, caller, record }, perform));
  };
  const body = Buffer.from(text);
  const piece = async function* (): AsyncGenerator<Uint8Array> {
    if (text !== "") yield body;
  };
  const toRequest = (): HttpRequest => ({ method: "POST", path, query: "", headers: {}, body: piece() });
  const calls = effort.count(CALLS, 100);
  const rounds: number[] = [];
  for (let round = 0; round < effort.rounds(ROUNDS); round++) {
    const bare = await time(calls, () => perform(toRequest()));
    const through = await time(calls, () => recorded(toRequest()));
    rounds.push(through - bare);
  }
  return median(rounds);
}

async function time(calls: number, call: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  for (let index = 0; index < calls; index++) await call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / calls;
}
