import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { importFolder } from "../src/client/import-folder.ts";
import { readMetadata } from "../src/client/describe-image-set.ts";
import { LocalApi } from "../src/client/local-api.ts";
import { createPhantomSeries } from "../src/client/phantom.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchSearch } from "./bench-search.ts";

/**
 * Figures as ratios against a baseline in the same run, since machines differ and are noisy.
 * Needs `npm run prepare` before it: it measures what users run.
 */
const ROUNDS = 5;
const CONNECTIONS = 16;
const ROUND_MS = 1_500;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const show = (name: string, figure: string): void =>
  void process.stdout.write(`${name.padEnd(58)} ${figure}\n`);

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly milliseconds: number;
}

/** Starts a server that prints `READY <url>`. */
async function start(args: readonly string[]): Promise<Started> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("READY "))
      return { child, url: line.slice(6), milliseconds: performance.now() - begin };
  }
  throw new Error(`${args.join(" ")} ended before it was ready`);
}

async function stop({ child }: Started): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

const EMULATOR = ["dist/cli.js", "serve", "--port", "0"];
/** As the server is by default, with limits that the load does not reach. */
const UNTIRING = [...EMULATOR, "--throttling", "1000x"];
const BARE_START =
  'require("http").createServer().listen(0, "127.0.0.1", function () { console.log("READY http://127.0.0.1:" + this.address().port) })';

async function benchStart(): Promise<void> {
  const emulator: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS * 2; round++) {
    for (const [args, times] of [
      [EMULATOR, emulator],
      [["-e", BARE_START], bare],
    ] as const) {
      const started = await start(args);
      times.push(started.milliseconds);
      await stop(started);
    }
  }
  show("process start to READY, median", `${median(emulator).toFixed(0)} ms`);
  show(
    "  against a bare node:http server's",
    `${median(bare).toFixed(0)} ms, ratio ${(median(emulator) / median(bare)).toFixed(2)}`,
  );
}

/** Resident memory of the process as Linux counts it, in MB. */
function residentMegabytes({ pid }: ChildProcess): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

async function benchMemory(): Promise<void> {
  const started = await start(EMULATOR);
  await delay(2_000);
  show("idle memory two seconds after READY (resident)", `${residentMegabytes(started.child).toFixed(0)} MB`);
  await stop(started);
}

/** Answers per second over some connections that each ask again as soon as they are answered. */
async function load(url: string, path: string, method: string, body: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const end = performance.now() + ROUND_MS;
  let answers = 0;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { "content-length": Buffer.byteLength(body) };
      const outgoing = request(new URL(path, url), { method, agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.on("end", resolve).resume();
      });
      outgoing.on("error", reject).end(body);
    });
  const connection = async (): Promise<void> => {
    for (; performance.now() < end; answers++) await ask();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  agent.destroy();
  return answers / (ROUND_MS / 1000);
}

const bareFrames = (bytes: number): string =>
  `const b = require("crypto").randomBytes(${bytes}); require("http").createServer((q, r) => { q.resume(); q.on("end", () => { r.writeHead(200, { "content-type": "application/octet-stream", "content-length": b.length }); r.end(b); }); }).listen(0, "127.0.0.1", function () { console.log("READY http://127.0.0.1:" + this.address().port) })`;

async function benchFrames(): Promise<void> {
  const emulator = await start(UNTIRING);
  const frame = await importOneFrame(emulator.url);
  const bare = await start(["-e", bareFrames(frame.byteLength)]);
  const body = JSON.stringify({ imageFrameId: frame.imageFrameId });
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await load(emulator.url, frame.path, "POST", body));
    theirs.push(await load(bare.url, "/", "POST", body));
  }
  await Promise.all([stop(emulator), stop(bare)]);
  show(`GetImageFrame of ${frame.byteLength} bytes, median`, `${median(ours).toFixed(0)} requests/s`);
  show(
    "  against a bare node:http server sending as many bytes",
    `${median(theirs).toFixed(0)} requests/s, ratio ${(median(ours) / median(theirs)).toFixed(2)}`,
  );
}

async function importOneFrame(
  endpoint: string,
): Promise<{ path: string; imageFrameId: string; byteLength: number }> {
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-bench-"));
  const api = new LocalApi({ endpoint, accessKeyId: "bench", region: "us-east-1" });
  for (const { name, bytes } of createPhantomSeries(1)) await writeFile(join(folder, name), bytes);
  const { datastoreId, imageSets } = await importFolder(api, {
    folder,
    datastore: "bench",
    onProgress: () => {},
  });
  const imageSetId = imageSets[0]?.imageSetId ?? "";
  const metadata = await readMetadata(api, datastoreId, imageSetId);
  const instances = Object.values(metadata.Study.Series).flatMap((series) => Object.values(series.Instances));
  const imageFrameId = instances[0]?.ImageFrames[0]?.ID ?? "";
  const path = `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageFrame`;
  const { length: byteLength } = await api.bytes("POST", path, { imageFrameId });
  api.close();
  await rm(folder, { recursive: true });
  return { path, imageFrameId, byteLength };
}

show("Node.js, cores", `${process.version}, ${availableParallelism()}`);
await benchStart();
await benchMemory();
await benchFrames();
await benchSearch(show);
