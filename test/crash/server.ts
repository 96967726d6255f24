import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ENTRY } from "../entry.ts";
import { MALLOC_SETTINGS } from "../setup/malloc-settings.ts";

/** An emulator in a process of its own, so that it can be killed, with the memory settings of the image. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  /** What it said on standard error so far, but for what these runs bring about on purpose. */
  readonly said: readonly string[];
  /** As `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Ends it as its user would. */
  stop(): Promise<void>;
}

/** The load imports the same files again and again, and a kill leaves files in hand. */
const ON_PURPOSE =
  /of the imported instances (?:was|were) imported before|the process ended with \d+ files? in flight/;

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
  const env = { PATH, ...MALLOC_SETTINGS };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (!ON_PURPOSE.test(line)) said.push(`${line}\n`);
  });
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
