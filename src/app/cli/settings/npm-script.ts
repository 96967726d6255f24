import { dirname } from "node:path";
import type { Flag } from "../../../local/control/routes/command.ts";
import { IMPORT, SERVE } from "../commands/own-commands.ts";
import type { Environment } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

/** Whether npm runs this process as a script of the package: `npm start` in a clone. */
export const isNpmScript = (env: Environment): boolean =>
  env["npm_package_name"] === "healthimaging-local" && env["npm_package_json"] !== undefined;

/** npm runs a script in the package's folder; INIT_CWD has the user's working directory. */
export function userFolder(env: Environment, cwd: string): string {
  const packageFolder = dirname(env["npm_package_json"] ?? "");
  return isNpmScript(env) && packageFolder === cwd ? (env["INIT_CWD"] ?? cwd) : cwd;
}

/**
 * In `npm start --port 4471` npm keeps the flag and sets npm_config_port: the emulator would start on another
 * port than asked for.
 * @throws UsageError that shows where the `--` goes
 */
export function checkNpmFlags(env: Environment): void {
  if (!isNpmScript(env)) return;
  const flags: readonly Flag[] = [...SERVE.flags, ...IMPORT.flags];
  const kept = flags.find(({ flag }) => env[`npm_config_${flag.replaceAll("-", "_")}`] !== undefined);
  if (kept === undefined) return;
  const meant = [`--${kept.flag}`, kept.value ?? ""].join(" ").trim();
  throw new UsageError(
    `npm kept --${kept.flag} for itself: write -- before the words for the emulator, as in npm start -- ${meant}`,
  );
}
