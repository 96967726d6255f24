import { withDicomweb } from "../../src/api/dicomweb-model.ts";
import type { HttpRequest, HttpResponse } from "../../src/api/http.ts";
import { model } from "../../src/api/model.ts";
import { LocalApi } from "../../src/client/local-api.ts";
import { Datastores } from "../../src/domain/datastores.ts";
import { DEFAULT_DURATIONS } from "../../src/domain/durations.ts";
import { ImageSets } from "../../src/domain/image-sets.ts";
import { Transitions } from "../../src/domain/transitions.ts";
import { Quotas } from "../../src/domain/quotas.ts";
import { systemClock } from "../../src/domain/system-clock.ts";
import { readBody } from "../../src/gateway/read-body.ts";
import { createRouter } from "../../src/gateway/route.ts";
import { createIntercept } from "../../src/scenario/intercept.ts";
import { Journal } from "../../src/scenario/journal.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { Scenarios } from "../../src/scenario/scenarios.ts";
import { MemoryState } from "../../src/storage/memory-state.ts";
import { median, show } from "./figures.ts";
import { importOneFrame, load, ROUND_MS } from "./frames.ts";
import { cpuMilliseconds, EMULATOR, start, stop } from "./server.ts";

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

/** What the door costs a call by itself, and what twenty armed rules cost a request over HTTP: processor time. */
export async function benchScenarios(): Promise<void> {
  const emulator = await start([...EMULATOR, "--throttling", "off"]);
  const { path, imageFrameId } = await importOneFrame(emulator.url);
  const requests = [
    ["GetImageFrame", path, JSON.stringify({ imageFrameId })],
    ["GetImageSet", path.replace("getImageFrame", "getImageSet"), ""],
  ] as const;
  const api = new LocalApi({ endpoint: emulator.url, accessKeyId: "bench", region: "us-east-1" });
  const switchRules = (action: string) => api.bytes("POST", `/_local/scenarios/bench/${action}`);
  await fetch(`${emulator.url}/_local/scenarios/bench`, { method: "PUT", body: twentyRules("Get*") });
  for (const [name, target, body] of requests) {
    const idleUs = await timeDoor(target, body);
    const othersUs = await timeDoor(target, body, "List*");
    const armedUs = await timeDoor(target, body, "Get*");
    const cost: Record<string, number[]> = { deactivate: [], activate: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [action, rounds] of Object.entries(cost)) {
        await switchRules(action);
        const before = cpuMilliseconds(emulator) * 1000;
        const perSecond = await load(emulator.url, target, "POST", body);
        rounds.push((cpuMilliseconds(emulator) * 1000 - before) / (perSecond * (ROUND_MS / 1000)));
      }
    }
    const [idle, armed] = [median(cost["deactivate"] ?? []), median(cost["activate"] ?? [])];
    const share = (us: number): string => `${us.toFixed(1)} µs, ${((100 * us) / idle).toFixed(1)} %`;
    show(`${name}, processor time of a request`, `${idle.toFixed(0)} µs`);
    show("  of it the door and the journal, nothing active", share(idleUs));
    show("  with 20 rules for other operations", share(othersUs));
    show("  with 20 rules for this one, 10 of them drawing", share(armedUs));
    show("    as the difference of whole requests", share(armed - idle));
  }
  api.close();
  await stop(emulator);
}

/** Median microseconds that the interceptor adds to a call of such a request that does nothing. */
async function timeDoor(path: string, text: string, op?: string): Promise<number> {
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
  const journal = new Journal(clock);
  const scenarios = new Scenarios({ state, clock, journal, log });
  const { scenario } = await readScenario(twentyRules(op ?? "*"), withDicomweb(model), { default: "bench" });
  if (op !== undefined && scenario !== undefined) scenarios.activate(scenario);
  const nothing = async (): Promise<void> => {};
  const blobs = { read: async () => new Uint8Array(), write: nothing, take: nothing, remove: nothing };
  const intercept = createIntercept({
    scenarios,
    journal,
    world: () => ({ state, imageSets, blobs }),
    clock,
    log,
  });
  const route = createRouter(model)("POST", path);
  if (route === undefined || route === "method") throw new Error("no route");
  const caller = { account: "000000000000", region: "us-east-1", accessKeyId: "bench" };
  const perform = async (request: HttpRequest): Promise<HttpResponse> => {
    await readBody(request, body.length);
    return { status: 200, headers: {} };
  };
  const body = Buffer.from(text);
  const piece = async function* (): AsyncGenerator<Uint8Array> {
    if (text !== "") yield body;
  };
  const toRequest = (): HttpRequest => ({ method: "POST", path, query: "", headers: {}, body: piece() });
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await time(() => perform(toRequest()));
    const through = await time(() => intercept({ route, request: toRequest(), caller }, perform));
    rounds.push(through - bare);
  }
  return median(rounds);
}

async function time(call: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  for (let index = 0; index < CALLS; index++) await call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / CALLS;
}
