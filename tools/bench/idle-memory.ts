import { setTimeout as delay } from "node:timers/promises";
import { show } from "./figures.ts";
import { EMULATOR, megabytes, start, stop } from "./server.ts";

export async function benchIdleMemory(): Promise<void> {
  const started = await start(EMULATOR);
  await delay(2_000);
  show("idle memory two seconds after READY (resident)", `${megabytes(started, "VmRSS").toFixed(0)} MB`);
  await stop(started);
}
