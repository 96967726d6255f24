import { execFile } from "node:child_process";
import dns from "node:dns";
import { readFile } from "node:fs/promises";
import { systemClock } from "../../../domain/time/system-clock.ts";
import type { Environment } from "../settings/flags.ts";

/** How another program ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the checks look at. Tests have another one. */
export interface Machine {
  readonly nodeVersion: string;
  readonly now: () => number;
  /** Undefined where no such program can be started. */
  readonly run: (program: string, args: readonly string[], env: Environment) => Promise<Ran | undefined>;
  /** An address, as this Node.js finds it; undefined where it finds none. */
  readonly lookup: (host: string) => Promise<string | undefined>;
  /** An address, as the system finds it: without a preload. */
  readonly systemLookup: (host: string) => Promise<string | undefined>;
  /** Undefined where there is none that can be read. */
  readonly readFile: (path: string) => Promise<string | undefined>;
}

/** A program that does not end by then is slow or asks a question. */
const PROGRAM_TIMEOUT_MS = 20_000;

const run: Machine["run"] = (program, args, env) =>
  new Promise((resolve) => {
    const options = { env: { ...env }, timeout: PROGRAM_TIMEOUT_MS, windowsHide: true };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (child.pid === undefined) resolve(undefined);
      else if (error?.killed === true)
        resolve({ code: 1, stdout, stderr: `${program} did not end within 20 seconds` });
      else resolve({ code: child.exitCode ?? 1, stdout, stderr });
    });
    child.stdin?.end();
  });

const LOOK_UP = `require("node:dns").lookup(process.argv[1], (error, address) => error ? process.exit(1) : console.log(address))`;

export const thisMachine = (env: Environment): Machine => ({
  nodeVersion: process.versions.node,
  now: () => systemClock.now(),
  run,
  lookup: (host) =>
    new Promise((resolve) =>
      dns.lookup(host, (error, address) => resolve(error === null ? address : undefined)),
    ),
  systemLookup: async (host) => {
    const ran = await run(process.execPath, ["--eval", LOOK_UP, host], { ...env, NODE_OPTIONS: "" });
    return ran?.code === 0 ? ran.stdout.trim() : undefined;
  },
  readFile: (path) => readFile(path, "utf8").catch(() => undefined),
});
