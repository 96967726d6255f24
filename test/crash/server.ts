import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ENTRY } from "../entry.ts";

/** An emulator in a process of its own, so that it can be killed. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  /** What it said on standard error so far. */
  readonly said: readonly string[];
  /** As `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Ends it as its user would. */
  stop(): Promise<void>;
}

export async function startServer(data: string, ...flags: readonly string[]): Promise<Server> {
  const args = [
    ENTRY,
    "serve",
    "--port",
    "0",
    "--throttling",
    "off",
    "--log-level",
    "warn",
    "--data",
    data,
    ...flags,
  ];
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, args, { env: { PATH }, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => void said.push(text));
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  const url = await readUrl(child, said);
  return { url, pid: child.pid ?? 0, said, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

async function readUrl({ stdout }: ChildProcess, said: readonly string[]): Promise<string> {
  if (stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: stdout })) {
    const url = /^READY (http:\/\/\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the server ended before it was ready: ${said.join("")}`);
}
