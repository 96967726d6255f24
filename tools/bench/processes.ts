import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
  /** From spawn to the READY line. */
  readonly milliseconds: number;
}

export interface StartOptions {
  /** Node.js, this process's own, where left out. */
  readonly command?: string;
  /** Matches the READY line; its group is the URL. */
  readonly ready?: RegExp;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** For `ask`. A server that is measured has none: it would cost it time. */
  readonly hasChannel?: boolean;
}

const READY = /^READY (\S+)$/m;
/** The part of a process's output that is kept for an error. */
const MAX_SAID = 8_192;

const running = new Set<ChildProcess>();
let isWatched = false;

/** No process outlives the bench, however that ends. */
function watchOwnEnd(): void {
  if (isWatched) return;
  isWatched = true;
  process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
}

/** Starts a server; resolves once it says that it is ready. */
export async function start(args: readonly string[], options: StartOptions = {}): Promise<Started> {
  const { command = process.execPath, ready = READY, env, cwd, hasChannel = false } = options;
  const begin = performance.now();
  const channel = hasChannel ? (["ipc"] as const) : [];
  const stdio = ["ignore", "pipe", "pipe", ...channel] as const;
  const child = spawn(command, args, { env, cwd, serialization: "advanced", stdio: [...stdio] });
  watchOwnEnd();
  running.add(child);
  child.once("exit", () => running.delete(child));
  return new Promise((resolve, reject) => {
    let said = "";
    let isReady = false;
    const read = (text: string): void => {
      said = (said + text).slice(-MAX_SAID);
      const url = isReady ? undefined : ready.exec(said)?.[1];
      if (url === undefined) return;
      isReady = true;
      resolve({ child, pid: child.pid ?? 0, url, milliseconds: performance.now() - begin });
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", read);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${args.join(" ")} ended before it was ready:\n${said}`)));
  });
}

export async function stop({ child }: Pick<Started, "child">): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

/** Sends a message to a process with a channel. @returns its answer @throws Error where it ends instead, or says so */
export async function ask<Answer>(
  { child }: Pick<Started, "child">,
  message: object | string,
): Promise<Answer> {
  const over = new AbortController();
  const abort = (): void => over.abort();
  child.once("exit", abort);
  child.send(message);
  try {
    const [answer] = (await once(child, "message", { signal: over.signal })) as [Answer & { error?: string }];
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  } finally {
    child.off("exit", abort);
  }
}

export const isLinux = process.platform === "linux";

/** Figures that only Linux provides; undefined there. */
export const limitation = isLinux
  ? undefined
  : "not Linux: processor time by ps, in hundredths of a second; no peak memory";

/** Linux counts a process's time in hundredths of a second, those of threads that have ended included. */
const TICK_MS = 10;

/**
 * Processor time of all threads of a process since its start, in milliseconds. Linux has nanoseconds for each
 * thread that lives; where threads have ended, the process's own count, which is coarser, is all there is.
 */
export function cpuMilliseconds(pid: number): number {
  if (!isLinux) return psMilliseconds(pid);
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  const ticks = TICK_MS * ((user ?? 0) + (system ?? 0));
  const living = livingNanoseconds(pid) / 1e6;
  return Math.abs(ticks - living) <= 3 * TICK_MS ? living : ticks;
}

function livingNanoseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + nanosecondsOf(`/proc/${pid}/task/${thread}/schedstat`), 0);
}

function nanosecondsOf(path: string): number {
  try {
    return Number(readFileSync(path, "utf8").split(" ")[0]);
  } catch {
    return 0; // The thread has just ended, or the kernel keeps no such count.
  }
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` */
function psMilliseconds(pid: number): number {
  const text = execFileSync("ps", ["-o", "time=", "-p", String(pid)], { encoding: "utf8" }).trim();
  const [days, clock] = text.includes("-") ? text.split("-") : ["0", text];
  const seconds = (clock ?? "").split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
  return 1000 * (86_400 * Number(days) + seconds);
}

/** Memory of a process in MB: what is resident, or the most that was since `forgetPeak`. */
export function megabytes(pid: number, which: "VmRSS" | "VmHWM"): number {
  if (isLinux) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  }
  if (which === "VmHWM") return Number.NaN;
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}

/** From here on the peak counts. proc_pid_clear_refs(5) */
export function forgetPeak(pid: number): void {
  if (isLinux) writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
