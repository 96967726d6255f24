import { findInvalidOrigin } from "../../gateway/page-origin.ts";
import { problemOfAllowed } from "../../gateway/served-hosts.ts";
import { UsageError } from "./usage-error.ts";

/** @throws UsageError */
export function readOrigins(text = "", flag = "--cors"): string[] {
  const origins = namesIn(text);
  const wrong = findInvalidOrigin(origins);
  if (wrong === undefined) return origins;
  throw new UsageError(
    `${flag} expects origins such as https://viewer.example, separated by commas, got '${wrong}'`,
  );
}

/** @throws UsageError */
export function readAllowedHosts(text = ""): string[] {
  const names = namesIn(text);
  const problem = problemOfAllowed(names);
  if (problem === undefined) return names;
  throw new UsageError(`--allow-host expects ${problem}`);
}

export const namesIn = (text: string): string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
