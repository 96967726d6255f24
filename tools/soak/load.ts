import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  createActive,
  framesOf,
  openClients,
  readFrame,
  readVersion,
  type Clients,
} from "../../test/crash/client.ts";
import { putFiles } from "../../test/crash/crash-run.ts";
import { Expectations } from "../../test/crash/expectations.ts";
import { load } from "../../test/crash/load.ts";
import { Random } from "../../test/crash/random.ts";
import { startServer } from "../../test/crash/server.ts";

const SAMPLES = 12;
/** Relative to the memory after a quarter of the time: image sets that were created since need some. */
const MAX_GROWTH = 1.5;
const HALF_OPEN_CLIENTS = 100;
/** Sockets of clients that have only just gone. */
const MAX_LEFT_FILES = 20;

/** Calls of all kinds, imports among them, beside clients that are slow, half-open or go away. */
export async function soakLoad(seconds: number, seed: number): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-load-"));
  const server = await startServer(join(folder, "data"), "--quotas", await quotasIn(folder));
  let isOver = false;
  try {
    await putFiles(join(folder, "data"));
    const datastoreId = await createActive(server.url, "load");
    const clients = openClients(server.url, datastoreId);
    const known = new Expectations();
    const filesBefore = openFiles(server.pid);
    const halfOpen = Array.from({ length: HALF_OPEN_CLIENTS }, () => openHalf(server.url));
    const unexpected: string[] = [];
    const note = (error: unknown): number => unexpected.push(String(error));
    const running = [
      load(clients, known, new Random(seed), () => isOver).catch(note),
      readFrames(clients, known, () => isOver).catch(note),
      goAway(clients, server.url, known, () => isOver),
    ] as const;
    const memory = await sampleMemory(server.pid, seconds);
    isOver = true;
    const [calls, frames, aborted] = await Promise.all(running);
    for (const socket of halfOpen) socket.destroy();
    clients.medicalImaging.destroy();
    clients.s3.destroy();
    await delay(1_000);
    const leftFiles = openFiles(server.pid) - filesBefore;
    const growth = (memory.at(-1) ?? 0) / (memory[Math.floor(SAMPLES / 4)] ?? 1);
    process.stdout.write(
      `load: ${seconds} s, seed ${seed}: ${calls} calls, ${frames} frames, ${aborted} downloads broken off, ` +
        `${HALF_OPEN_CLIENTS} half-open clients, ${known.imageSets.size} image sets; ` +
        `${unexpected.length + server.said.length} unexpected errors; memory ${memory.map((kib) => (kib / 1024).toFixed(0)).join(" ")} MB; ` +
        `${leftFiles} files more open than before\n`,
    );
    for (const text of [...unexpected, ...server.said]) process.stdout.write(`  ${text}\n`);
    return unexpected.length + server.said.length === 0 && growth < MAX_GROWTH && leftFiles < MAX_LEFT_FILES;
  } finally {
    isOver = true;
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function quotasIn(folder: string): Promise<string> {
  const path = join(folder, "quotas.json");
  await writeFile(path, JSON.stringify({ "Maximum data stores": 100_000 }));
  return path;
}

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** VmRSS in KiB, a few times. */
async function sampleMemory(pid: number, seconds: number): Promise<number[]> {
  const samples: number[] = [];
  for (let count = 0; count < SAMPLES; count++) {
    await delay((seconds * 1000) / SAMPLES);
    samples.push(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]));
  }
  return samples;
}

/** Begins a request and says nothing more. */
function openHalf(url: string): Socket {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.write("POST /datastore HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{");
  return socket;
}

/** One image set's frames again and again; answers how many. */
async function readFrames(clients: Clients, known: Expectations, isOver: () => boolean): Promise<number> {
  let count = 0;
  while (!isOver()) {
    const imageSet = [...known.imageSets.values()].find(({ isDeleted }) => !isDeleted.acknowledged);
    if (imageSet === undefined) {
      await delay(10);
      continue;
    }
    // It may be deleted at any moment.
    const frames = await readVersion(clients, imageSet.imageSetId, "1").then(
      ({ document }) => framesOf(document),
      () => [],
    );
    for (const id of frames) {
      const read = await readFrame(clients, imageSet.imageSetId, id).catch((error: Error) => error.name);
      if (read === "InternalServerException") throw new Error(`frame ${id}: ${read}`);
      count += 1;
    }
  }
  return count;
}

/** Downloads that their client breaks off after the first bytes; answers how many. */
async function goAway(
  { datastoreId }: Clients,
  url: string,
  known: Expectations,
  isOver: () => boolean,
): Promise<number> {
  const agent = new Agent({ keepAlive: false });
  let count = 0;
  while (!isOver()) {
    const imageSetId = known.imageSets.keys().next().value;
    await (imageSetId === undefined ? delay(10) : breakOff(agent, url, datastoreId, imageSetId));
    count += imageSetId === undefined ? 0 : 1;
  }
  return count;
}

function breakOff(agent: Agent, url: string, datastoreId: string, imageSetId: string): Promise<void> {
  const path = `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageSetMetadata`;
  return new Promise((resolve) => {
    const outgoing = request(new URL(path, url), { method: "POST", agent });
    outgoing.on("error", () => resolve());
    outgoing.on("response", (response) => {
      response.on("error", () => {});
      response.once("data", () => response.destroy());
      response.on("close", resolve);
    });
    outgoing.end();
  });
}
