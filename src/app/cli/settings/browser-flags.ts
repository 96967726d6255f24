import { problemOfAllowed } from "../../gateway/served-hosts.ts";
import { UsageError } from "./usage-error.ts";

/** Origins of pages in apps: `capacitor://localhost`. */
const OTHER_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+$/;

/** @throws UsageError */
export function readOrigins(text = "", flag = "--cors"): string[] {
  const origins = namesIn(text);
  const wrong = origins.find((origin) => origin !== "*" && !isOrigin(origin));
  if (wrong === undefined) return origins;
  throw new UsageError(
    `${flag} takes origins such as https://viewer.example, separated by commas, got '${wrong}'`,
  );
}

/** @throws UsageError */
export function readAllowedHosts(text = ""): string[] {
  const names = namesIn(text);
  const problem = problemOfAllowed(names);
  if (problem === undefined) return names;
  throw new UsageError(`--allow-host takes ${problem}`);
}

export const namesIn = (text: string): string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  return origin === text || (!/^(?:https?|file|data):$/.test(protocol) && OTHER_ORIGIN.test(text));
}
