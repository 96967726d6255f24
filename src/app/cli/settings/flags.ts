import { UsageError } from "./usage-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const PREFIX = "HEALTHIMAGING_LOCAL_";

/** `scenario-seed`: `HEALTHIMAGING_LOCAL_SCENARIO_SEED`. */
export const nameOfVariable = (flag: string): string => `${PREFIX}${flag.toUpperCase().replaceAll("-", "_")}`;

/** The environment variable of a flag. */
export const variableOf = (env: Environment, flag: string): string | undefined =>
  notEmpty(env[nameOfVariable(flag)]);

/** An environment variable that stands for a flag without a value. @throws UsageError */
export function readSwitch(flag: string, text = "0"): boolean {
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
  throw new UsageError(`--${flag} as an environment variable expects 1 or 0, got '${text}'`);
}

export const notEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
