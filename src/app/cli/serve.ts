import { stat } from "node:fs/promises";
import { errorCode } from "../../api/error-code.ts";
import type { Log } from "../../domain/log.ts";
import { systemClock } from "../../domain/time/system-clock.ts";
import { startEmulator, type EmulatorServer } from "../emulator.ts";
import { VERSION } from "../../api/package-version.ts";
import { showBanner } from "./banner.ts";
import { describePortInUse } from "./port-in-use.ts";
import { createServerLog, type ServerLog } from "./server-log.ts";
import { ScenarioError } from "../../local/scenarios/scenarios.ts";
import { FolderError } from "../../storage/folder/folder-error.ts";
import { reasonOf } from "../../storage/files/errno-messages.ts";
import { SnapshotError } from "../../storage/snapshots/snapshot-error.ts";
import { UsageError } from "./settings/usage-error.ts";
import type { ServeSettings } from "./settings/serve-settings.ts";
import { boundYoungGenerations } from "./young-generation.ts";

/**
 * V8 refuses compiled code that was saved under other flags. It is saved 500 ms after the bundle is loaded.
 */
const AFTER_COMPILED_CODE_MS = 1_000;

/** Runs the server until it is told to stop. */
export async function serve(settings: ServeSettings): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
    process.once("SIGHUP", resolve);
  });
  if (settings.isNpmScript) stopWithParent();
  const serverLog = createServerLog(settings.log, process.stderr);
  for (const warning of settings.warnings) serverLog.log.warn(warning);
  const seedFile = await fileOf(settings.seed);
  const emulator = await start({ ...settings, seed: seedFile }, serverLog);
  if (settings.seed !== undefined && seedFile === undefined)
    await importSeed(emulator, settings.seed, settings.followLinks, serverLog.log);
  const { log: logSettings, data, serviceRelease, throttling } = settings;
  const { url, ca } = emulator;
  const banner = { version: VERSION, url, data, serviceRelease, throttling, ca };
  showBanner(banner, logSettings, process.stderr, serverLog.log);
  process.stdout.write(`READY ${emulator.url}\n`);
  systemClock.schedule(AFTER_COMPILED_CODE_MS, boundYoungGenerations);
  await stopped;
  await emulator.close();
  return 0;
}

/** The seed if it is a file: that of a snapshot. */
async function fileOf(seed: string | undefined): Promise<string | undefined> {
  if (seed === undefined) return undefined;
  const stats = await stat(seed).catch((cause: unknown) => {
    const code = errorCode(cause);
    throw new UsageError(
      code === "ENOENT"
        ? `--seed: ${seed} does not exist`
        : `--seed: ${seed} cannot be read: ${reasonOf(cause)} (${code})`,
      { cause },
    );
  });
  return stats.isFile() ? seed : undefined;
}

/** A server whose seed cannot be imported does not start. */
async function importSeed(
  emulator: EmulatorServer,
  folder: string,
  followLinks: boolean,
  log: Log,
): Promise<void> {
  try {
    await (await import("./seed-folder.ts")).seedFolder(emulator.handle, folder, followLinks, log);
  } catch (error) {
    await emulator.close();
    throw error;
  }
}

const PARENT_CHECK_MS = 500;

/**
 * npm runs a script in a shell, and a signal to npm ends the shell without a signal to its child. So the end
 * of the parent process is the signal.
 */
function stopWithParent(): void {
  const { ppid } = process;
  const check = (): void => {
    if (process.ppid === ppid) systemClock.schedule(PARENT_CHECK_MS, check);
    else process.kill(process.pid, "SIGTERM");
  };
  check();
}

/** Every other setting is an option of the same name. */
async function start(settings: ServeSettings, { log, onRequest }: ServerLog): Promise<EmulatorServer> {
  const {
    command: _,
    followLinks: _links,
    isNpmScript: _npm,
    warnings: _warnings,
    account,
    region,
    ...options
  } = settings;
  try {
    return await startEmulator({ ...options, defaults: { account, region }, log, onRequest });
  } catch (error) {
    throw await explain(error, settings);
  }
}

const LISTEN_REASONS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: "this machine does not have the address",
  EAFNOSUPPORT: "this machine does not have addresses of this kind",
  ENOTFOUND: "no address is found for the name",
  EAI_AGAIN: "no address is found for the name",
};

/** Explains the system's errors that a user can repair. */
async function explain(error: unknown, { port, host, data, seed }: ServeSettings): Promise<unknown> {
  if (error instanceof SnapshotError)
    return new UsageError(
      `--seed: ${seed}: ${error.message}. To import DICOM files, use the folder that contains them`,
    );
  if (error instanceof ScenarioError || error instanceof FolderError) return new UsageError(error.message);
  const { code, syscall, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (syscall === "listen" || syscall === "getaddrinfo") {
    if (code === "EADDRINUSE") return new UsageError(await describePortInUse(port, host));
    if (code === "EACCES")
      return new UsageError(`port ${port} may not be used by this user: choose one above 1023 with --port`);
    const reason = LISTEN_REASONS[code ?? ""] ?? "the system refuses it";
    return new UsageError(
      `cannot listen on ${host}: ${reason} (${code}). Give --host an address of this machine, or leave it out for localhost`,
    );
  }
  if (data !== undefined && code !== undefined) {
    const place = path === undefined || path === data ? "" : ` (${path})`;
    return new UsageError(`the data folder ${data} cannot be used: ${reasonOf(error)}${place}`);
  }
  return error;
}
