import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { check } from "./check.ts";
import { BUCKET, createActive, openClients, type Clients } from "./client.ts";
import { Expectations } from "./expectations.ts";
import { load } from "./load.ts";
import { Random } from "./random.ts";
import { startServer, type Server } from "./server.ts";

/** The longest that a server lives under load, in milliseconds. */
const MAX_LIFE_MS = 900;
/** Older data would only take longer to check: a new data store begins after this number of processes. */
const LIVES_OF_A_DATASTORE = 10;

export interface CrashRun {
  readonly kills: number;
  readonly acknowledged: number;
  /** By life: what was not as it had been acknowledged. */
  readonly wrong: readonly string[];
}

/** Kills a server at random moments under load and looks each time at what it has after its restart. */
export async function crashRun(kills: number, seed: number): Promise<CrashRun> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-crash-"));
  const random = new Random(seed);
  const quotas = join(folder, "quotas.json");
  await writeFile(quotas, JSON.stringify({ "Maximum data stores": 100_000 }));
  const start = (): Promise<Server> => startServer(join(folder, "data"), "--quotas", quotas);
  const wrong: string[] = [];
  let acknowledged = 0;
  let server = await start();
  try {
    await putFiles(join(folder, "data"));
    let world = await newWorld(server);
    for (let life = 1; life <= kills && wrong.length === 0; life++) {
      if (life % LIVES_OF_A_DATASTORE === 0) world = await newWorld(server);
      const clients = openClients(server.url, world.datastoreId);
      acknowledged += await liveAndDie(server, clients, world.known, random);
      server = await start();
      const found = await check(openClients(server.url, world.datastoreId), world.known);
      wrong.push(
        ...found.map((text) => `life ${life}: ${text}`),
        ...server.said.map((text) => `life ${life}: ${text}`),
      );
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return { kills, acknowledged, wrong };
}

/** The folder that every job imports. */
export async function putFiles(data: string): Promise<void> {
  const input = join(data, "s3", BUCKET, "in");
  await mkdir(input, { recursive: true });
  for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(input, name), bytes);
}

async function newWorld({ url }: Server): Promise<{ datastoreId: string; known: Expectations }> {
  const datastoreId = await createActive(url, "crash");
  return { datastoreId, known: new Expectations() };
}

async function liveAndDie(
  server: Server,
  clients: Clients,
  known: Expectations,
  random: Random,
): Promise<number> {
  let isOver = false;
  const loaded = load(clients, known, random, () => isOver);
  await Promise.race([delay(random.below(MAX_LIFE_MS)), loaded]);
  isOver = true;
  await server.kill();
  return loaded;
}
