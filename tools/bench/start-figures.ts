import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "./figures.ts";
import { toWire, type LoadClient } from "./load/load.ts";
import { cpuMilliseconds, megabytes, stop, type Started } from "./processes.ts";

const FIRST_CALL = toWire({ method: "GET", path: "/datastore" });
const IDLE_MS = 2_000;

type Start = () => Promise<Started>;

/** From spawn to READY, the first call after that, and both: late loading costs one or the other. */
export async function measureStart(begin: Start, client: LoadClient): Promise<Figure[]> {
  const started = await begin();
  const atReady = cpuMilliseconds(started.pid);
  const lanes = [{ url: started.url, requests: [FIRST_CALL] }];
  const first = await client.run({ lanes, connections: 1, calls: 1, pauseMs: 0 });
  const afterFirst = cpuMilliseconds(started.pid);
  await stop(started);
  const firstMs = first.lanes[0]?.medianMs ?? Number.NaN;
  return [
    { name: "start to READY", value: started.milliseconds, unit: "ms" },
    { name: "start to READY, processor time", value: atReady, unit: "ms" },
    { name: "first call after READY", value: firstMs, unit: "ms" },
    { name: "first call after READY, processor time", value: afterFirst - atReady, unit: "ms" },
    { name: "start to first answer", value: started.milliseconds + firstMs, unit: "ms" },
    { name: "start to first answer, processor time", value: afterFirst, unit: "ms" },
  ];
}

export async function measureIdleMemory(begin: Start): Promise<Figure[]> {
  const started = await begin();
  await delay(IDLE_MS);
  const value = megabytes(started.pid, "VmRSS");
  await stop(started);
  return [{ name: "idle memory two seconds after READY (resident)", value, unit: "MB" }];
}
