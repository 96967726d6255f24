import { isAccount } from "../api/account.ts";
import { isRegionName, REGION_CHOICES } from "../api/regions.ts";
import { behavioursOf } from "../api/releases/behaviours.ts";
import { RELEASE_NAMES, resolveRelease } from "../api/releases/service-release.ts";
import { systemClock } from "../domain/time/system-clock.ts";
import type { ComposeOptions } from "./compose-options.ts";
import { findInvalidOrigin } from "./gateway/page-origin.ts";

const MAX_PORT = 65_535;

/**
 * Refuses a value that the command line refuses, too: it would fail later, or be ignored.
 * @param maker the function that was called, for messages
 * @param options of the right types
 * @throws TypeError that says what an option expects
 */
export function checkOptionValues(maker: string, options: ComposeOptions): void {
  const { regions = "any", clock = systemClock, log, cors = [], defaults = {}, serviceRelease } = options;
  if (serviceRelease !== undefined && !RELEASE_NAMES.includes(serviceRelease))
    throw new TypeError(
      `serviceRelease of ${maker} expects ${RELEASE_NAMES.join(", ")}, got ${show(serviceRelease)}`,
    );
  if (!REGION_CHOICES.includes(regions))
    throw new TypeError(`regions of ${maker} expects ${REGION_CHOICES.join(" or ")}, got ${show(regions)}`);
  checkMethods(`clock of ${maker}`, clock, ["now", "schedule", "during"]);
  if (log !== undefined) checkMethods(`log of ${maker}`, log, ["info", "warn", "error"]);
  const invalid = findInvalidOrigin(cors);
  if (invalid !== undefined)
    throw new TypeError(
      `cors of ${maker} expects origins such as https://viewer.example, or "*", got ${show(invalid)}`,
    );
  const { account, region } = defaults;
  if (account !== undefined) checkAccount(`defaults of ${maker}`, account);
  if (region === undefined) return;
  checkRegion(`defaults of ${maker}`, region);
  const { regions: served } = behavioursOf(resolveRelease(serviceRelease));
  if (regions === "guide" && !served.has(region))
    throw new TypeError(
      `region of defaults of ${maker} expects a region that regions "guide" serves: ${[...served].join(", ")}, got ${show(region)}`,
    );
}

/** @throws TypeError */
export function checkAccount(where: string, account: unknown): void {
  if (typeof account !== "string" || !isAccount(account))
    throw new TypeError(`account of ${where} expects 12 digits, got ${show(account)}`);
}

/** @throws TypeError */
export function checkRegion(where: string, region: string): void {
  if (!isRegionName(region))
    throw new TypeError(`region of ${where} expects a region such as us-east-1, got ${show(region)}`);
}

/** @throws TypeError */
export function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT)
    throw new TypeError(`port of startEmulator expects a whole number from 0 to ${MAX_PORT}, got ${port}`);
}

function checkMethods<T extends object>(
  where: string,
  value: T,
  methods: readonly (keyof T & string)[],
): void {
  const missing = methods.find((name) => typeof value[name] !== "function");
  if (missing === undefined) return;
  const [last = "", ...others] = methods.map((name) => `${name}()`).toReversed();
  throw new TypeError(
    `${where} expects an object with ${others.toReversed().join(", ")} and ${last}: ${missing} is missing`,
  );
}

const show = (value: unknown): string => JSON.stringify(value);
