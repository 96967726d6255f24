import { withDicomweb } from "../../src/api/dicomweb-model.ts";
import type { HttpRequest, HttpResponse } from "../../src/api/http.ts";
import { model } from "../../src/api/model.ts";
import { LocalApi } from "../../src/client/local-api.ts";
import { Datastores } from "../../src/domain/datastores.ts";
import { DEFAULT_DURATIONS } from "../../src/domain/durations.ts";
import { ImageSets } from "../../src/domain/image-sets.ts";
import { Quotas } from "../../src/domain/quotas.ts";
import { systemClock } from "../../src/domain/system-clock.ts";
import { createRouter } from "../../src/gateway/route.ts";
import { createIntercept } from "../../src/scenario/intercept.ts";
import { Journal } from "../../src/scenario/journal.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { Scenarios } from "../../src/scenario/scenarios.ts";
import { MemoryState } from "../../src/storage/memory-state.ts";
import { median, show } from "./figures.ts";
import { importOneFrame, load } from "./frames.ts";
import { start, stop, UNTIRING } from "./server.ts";

const ROUNDS = 5;
const CALLS = 20_000;

/** Twenty rules, none of which fires: half are for other data stores, half draw and lose. */
const RULES = Array.from({ length: 20 }, (_, index) => ({
  id: `r${index}`,
  match: { op: "Get*", ...(index % 2 === 0 ? { datastore: "name:other*" } : {}) },
  when: { probability: 1e-9 },
  effects: [{ error: { type: "InternalServerException" } }],
}));
const TWENTY = JSON.stringify({ rules: RULES });

/** What the door costs a call by itself, and what twenty armed rules cost a request over HTTP. */
export async function benchScenarios(): Promise<void> {
  const emulator = await start(UNTIRING);
  const { path, imageFrameId } = await importOneFrame(emulator.url);
  const requests = [
    ["GetImageFrame", path, JSON.stringify({ imageFrameId })],
    ["GetImageSet", path.replace("getImageFrame", "getImageSet"), ""],
  ] as const;
  const api = new LocalApi({ endpoint: emulator.url, accessKeyId: "bench", region: "us-east-1" });
  const switchRules = (action: string) => api.bytes("POST", `/_local/scenarios/bench/${action}`);
  await fetch(`${emulator.url}/_local/scenarios/bench`, { method: "PUT", body: TWENTY });
  const [idleUs, armedUs] = [await timeDoor(false), await timeDoor(true)];
  for (const [name, target, body] of requests) {
    const idle: number[] = [];
    const armed: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await switchRules("deactivate");
      idle.push(await load(emulator.url, target, "POST", body));
      await switchRules("activate");
      armed.push(await load(emulator.url, target, "POST", body));
    }
    const requestUs = 1e6 / median(idle);
    const share = (us: number): string =>
      `${us.toFixed(1)} µs, ${((100 * us) / requestUs).toFixed(1)} % of ${requestUs.toFixed(0)} µs`;
    show(`${name}: the door and the journal, nothing active`, share(idleUs));
    show("  with 20 rules armed, by itself", share(armedUs));
    show("  requests/s with 20 rules armed against none", (median(armed) / median(idle)).toFixed(3));
  }
  api.close();
  await stop(emulator);
}

/** Median microseconds that the interceptor adds to a call that does nothing. */
async function timeDoor(isArmed: boolean): Promise<number> {
  const state = new MemoryState();
  const clock = systemClock;
  const datastores = new Datastores({
    state,
    clock,
    createId: () => "",
    quotas: new Quotas(),
    durations: DEFAULT_DURATIONS,
  });
  const imageSets = new ImageSets({ state, clock, datastores });
  const journal = new Journal(clock);
  const scenarios = new Scenarios({ state, clock, journal });
  const { scenario } = await readScenario(TWENTY, withDicomweb(model), { default: "bench" });
  if (isArmed && scenario !== undefined) scenarios.activate(scenario);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const blobs = { read: async () => new Uint8Array(), write: async () => {}, remove: async () => {} };
  const intercept = createIntercept({ scenarios, journal, state, imageSets, blobs, clock, log });
  const route = createRouter(model)(
    "POST",
    `/datastore/${"d".repeat(32)}/imageSet/${"1".repeat(32)}/getImageFrame`,
  );
  if (route === undefined || route === "method") throw new Error("no route");
  const caller = { account: "000000000000", region: "us-east-1", accessKeyId: "bench" };
  const perform = async ({ body }: HttpRequest): Promise<HttpResponse> => {
    for await (const _ of body);
    return { status: 200, headers: {} };
  };
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await time(() => perform(toRequest()));
    const through = await time(() => intercept({ route, request: toRequest(), caller }, perform));
    rounds.push(through - bare);
  }
  return median(rounds);
}

async function time(call: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  for (let index = 0; index < CALLS; index++) await call();
  return ((performance.now() - begin) / CALLS) * 1000;
}

const BODY = Buffer.from(JSON.stringify({ imageFrameId: "0".repeat(32) }));

const toRequest = (): HttpRequest => ({ method: "POST", path: "/", query: "", headers: {}, body: piece() });

async function* piece(): AsyncGenerator<Uint8Array> {
  yield BODY;
}
