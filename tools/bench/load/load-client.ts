import { setTimeout as delay } from "node:timers/promises";
import { quantile } from "../ratio.ts";
import { Connection } from "./connection.ts";
import type { LaneResult, LoadJob, LoadResult } from "./load.ts";

/** The process that asks: one job after the other, so that it is warm when it counts. */
let isStopped = false;
const isOver = (): boolean => isStopped;

process.on("message", (message: LoadJob | "stop") => {
  isStopped = message === "stop";
  if (message !== "stop")
    void run(message).then(
      (answer) => process.send?.(answer),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
});
process.stdout.write("READY client\n");

async function run({ lanes, connections, calls, pauseMs }: LoadJob): Promise<LoadResult> {
  const opened = Array.from({ length: connections }, () => lanes.map(({ url }) => new Connection(url)));
  await Promise.all(opened.flat().map((connection) => connection.open()));
  const times: number[][] = lanes.map(() => []);
  let count = 0;
  const begin = [performance.now(), process.cpuUsage()] as const;
  const work = async (own: readonly Connection[]): Promise<void> => {
    while (count < calls && !isOver()) {
      const turn = count++;
      for (const [index, { requests }] of lanes.entries()) {
        const asked = performance.now();
        const request = requests[turn % requests.length] ?? new Uint8Array();
        requireSuccess(await own[index]?.ask(request), request);
        times[index]?.push(performance.now() - asked);
      }
      if (pauseMs > 0) await delay(pauseMs);
    }
  };
  await Promise.all(opened.map(work));
  const { user, system } = process.cpuUsage(begin[1]);
  const elapsedMs = performance.now() - begin[0];
  for (const connection of opened.flat()) connection.close();
  return { calls: count, elapsedMs, cpuMs: (user + system) / 1000, lanes: times.map(summarise) };
}

function requireSuccess(status: number | undefined, request: Uint8Array): void {
  if (status !== undefined && status >= 200 && status < 300) return;
  throw new Error(`status ${status} of ${Buffer.from(request).toString("latin1").split("\r\n")[0]}`);
}

const summarise = (times: readonly number[]): LaneResult => ({
  medianMs: quantile(times, 0.5),
  p99Ms: quantile(times, 0.99),
  longestMs: quantile(times, 1),
});
