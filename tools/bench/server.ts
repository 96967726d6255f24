import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly milliseconds: number;
}

/** Starts a server that prints `READY <url>`. */
export async function start(args: readonly string[]): Promise<Started> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("READY "))
      return { child, url: line.slice(6), milliseconds: performance.now() - begin };
  }
  throw new Error(`${args.join(" ")} ended before it was ready`);
}

export async function stop({ child }: Started): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

export const EMULATOR = ["dist/cli.js", "serve", "--port", "0"];
/** As the server is by default, with limits that no load here reaches. */
export const UNTIRING = [...EMULATOR, "--throttling", "1000x"];

/** Memory of the process as Linux counts it, in MB: what is resident, or the most that ever was. */
export function megabytes({ child: { pid } }: Started, which: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

/** Processor time that the process has used so far, in microseconds: other load does not count. */
export function cpuMicroseconds({ child: { pid } }: Started): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  // proc(5): utime and stime, in ticks of a hundredth of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
