import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { LightClientPlace } from "./light-client.ts";

const PAUSE_MS = 5;
const { url, datastoreId, imageSetId, imageFrameId } = workerData as LightClientPlace;
const imageSet = `/datastore/${datastoreId}/imageSet/${imageSetId}`;
const CALLS = [
  { path: `${imageSet}/getImageSet`, body: "" },
  { path: `${imageSet}/getImageFrame`, body: JSON.stringify({ imageFrameId }) },
];
const HEADERS = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=soak/20240501/us-east-1/medical-imaging/aws4_request, SignedHeaders=host, Signature=none",
  "content-type": "application/json",
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let milliseconds: number[] = [];
let failures: string[] = [];
let begun: number | undefined;

parentPort?.on("message", () => {
  // A hanging call is reported now, not when it ends.
  const open = begun === undefined ? [] : [performance.now() - begun];
  parentPort?.postMessage({ milliseconds: [...milliseconds, ...open], failures }, []);
  milliseconds = [];
  failures = [];
});

for (let count = 0; ; count++) {
  for (const call of CALLS) {
    begun = performance.now();
    const answered = await ask(call).catch(String);
    milliseconds.push(performance.now() - begun);
    begun = undefined;
    if (answered !== "200") failures.push(`${call.path}: ${answered}`);
    await delay(PAUSE_MS);
  }
  if (count === 0) parentPort?.postMessage("started", []);
}

/** @returns the status */
function ask({ path, body }: (typeof CALLS)[number]): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method: "POST", agent, headers: HEADERS }, (incoming) => {
      incoming.on("error", reject);
      incoming.on("end", () => resolve(String(incoming.statusCode)));
      incoming.resume();
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
