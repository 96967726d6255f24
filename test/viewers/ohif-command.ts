import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { ENTRY } from "../entry.ts";

const CACHE = resolve(import.meta.dirname, "../../node_modules/.cache/healthimaging-local");

/** The absolute path of a browser that Playwright can drive; undefined, said aloud, where there is none. */
export function findBrowser(): string | undefined {
  const found = ["chromium", "chromium-browser", "google-chrome"]
    .map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim())
    .find((path) => path !== "");
  if (found === undefined) process.stderr.write("SKIPPED: viewers in a browser; install chromium\n");
  return found;
}

export interface OhifProcess extends AsyncDisposable {
  /** Of the READY line. */
  readonly link: string;
  readonly child: ChildProcess;
}

/** Where the command keeps the package, and npm what it fetched: both outlast a run of the tests. */
const env = { ...process.env, HOME: `${CACHE}/viewers`, npm_config_cache: `${CACHE}/npm` };

/** Runs `healthimaging-local ohif` until it is ready. */
export async function startOhif(...args: readonly string[]): Promise<OhifProcess> {
  const child = spawn(process.execPath, [ENTRY, "ohif", "--port", "0", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (said += text));
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`ohif has ended: ${said}`)));
  const link = await Promise.race([readLink(child), ended]);
  ended.catch(() => {});
  return { link, child, [Symbol.asyncDispose]: () => stop(child) };
}

async function readLink({ stdout }: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stdout?.setEncoding("utf8") ?? []) {
    text += String(chunk);
    const [, link] = /^READY (\S+)$/m.exec(text) ?? [];
    if (link !== undefined) return link;
  }
  throw new Error(`ohif printed no READY line: ${text}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGINT");
  await once(child, "exit");
}
