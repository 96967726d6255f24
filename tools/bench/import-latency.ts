import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { createCtFiles } from "./ct-files.ts";
import { quantile, show } from "./figures.ts";
import { ImportServer } from "./import-server.ts";
import { start, stop } from "./server.ts";

const SIDE = 512;
const FILES = 600;
const PAUSE_MS = 2;

const BARE =
  'require("http").createServer((q, r) => { q.resume(); q.on("end", () => r.end("{}")); }).listen(0, "127.0.0.1", function () { console.log("READY http://127.0.0.1:" + this.address().port) })';

/** GetImageSet while every worker has work, beside a bare server that waits for the same cores. */
export async function benchImportLatency(): Promise<void> {
  const { file } = createCtFiles(SIDE);
  const server = await ImportServer.open();
  const bare = await start(["-e", BARE]);
  await server.fill("few", 4, file);
  await server.importAll("few");
  await server.fill("many", FILES, file);
  const path = await server.imageSetPath();
  const idle = await measure([`${server.started.url}${path}`, bare.url], delay(1_500));
  const busy = await measure([`${server.started.url}${path}`, bare.url], server.importAll("many"));
  for (const [state, [ours = [], theirs = []]] of [
    ["idle", idle],
    ["while an import runs at full load", busy],
  ] as const) {
    const [us, them] = [quantile(ours, 0.99), quantile(theirs, 0.99)];
    show(
      `GetImageSet, 99th percentile of ${ours.length}, ${state}`,
      `${us.toFixed(1)} ms (bare server ${them.toFixed(1)} ms, ratio ${(us / them).toFixed(1)}), median ${quantile(ours, 0.5).toFixed(1)}, longest ${quantile(ours, 1).toFixed(0)} ms`,
    );
  }
  await server.close();
  await stop(bare);
}

/** Asks each in turn, one request at a time, until that has ended. @returns milliseconds of each */
async function measure(urls: readonly string[], until: Promise<unknown>): Promise<number[][]> {
  const agent = new Agent({ keepAlive: true });
  const times: number[][] = urls.map(() => []);
  const over = new AbortController();
  const ended = until.finally(() => over.abort());
  while (!over.signal.aborted) {
    for (const [index, url] of urls.entries()) times[index]?.push(await ask(agent, url));
    await delay(PAUSE_MS);
  }
  await ended;
  agent.destroy();
  return times;
}

function ask(agent: Agent, url: string): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", agent, headers: { "content-length": 0 } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      response.on("end", () => resolve(performance.now() - begin)).resume();
    });
    outgoing.on("error", reject).end();
  });
}
