import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMetadata } from "../../src/client/describe-image-set.ts";
import { importFolder } from "../../src/client/import-folder.ts";
import { LocalApi } from "../../src/client/local-api.ts";
import { createPhantomSeries } from "../../src/client/phantom.ts";
import { median, show } from "./figures.ts";
import { start, stop, UNTIRING } from "./server.ts";

const ROUNDS = 5;
const CONNECTIONS = 16;
export const ROUND_MS = 1_500;

export async function benchFrames(): Promise<void> {
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

const bareFrames = (bytes: number): string =>
  `const b = require("crypto").randomBytes(${bytes}); require("http").createServer((q, r) => { q.resume(); q.on("end", () => { r.writeHead(200, { "content-type": "application/octet-stream", "content-length": b.length }); r.end(b); }); }).listen(0, "127.0.0.1", function () { console.log("READY http://127.0.0.1:" + this.address().port) })`;

/** Answers per second over some connections that each ask again as soon as they are answered. */
export async function load(url: string, path: string, method: string, body: string): Promise<number> {
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

export async function importOneFrame(
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
