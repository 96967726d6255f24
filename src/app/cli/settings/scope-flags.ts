import { isAccount } from "../../../api/account.ts";
import { behavioursOf } from "../../../api/releases/behaviours.ts";
import { DEFAULT_RELEASE, type ServiceRelease } from "../../../api/releases/service-release.ts";
import { isRegionName, REGION_CHOICES, type RegionChoice } from "../../../api/regions.ts";
import { UsageError } from "./usage-error.ts";

/** @throws UsageError */
export function readAccount(text = "000000000000"): string {
  if (isAccount(text)) return text;
  throw new UsageError(`--account expects 12 digits, got '${text}'`);
}

/** @throws UsageError */
export function readRegion(text = "us-east-1"): string {
  if (isRegionName(text)) return text;
  throw new UsageError(`--region expects a region such as us-east-1, got '${text}'`);
}

/** Several, separated by commas. @throws UsageError */
export const readRegionNames = (text: string | undefined): string[] =>
  (text ?? readRegion()).split(",").map((name) => readRegion(name.trim()));

/**
 * @param region of unsigned requests: it must be served too
 * @throws UsageError
 */
export function readRegions(
  text = "any",
  region = "us-east-1",
  release: ServiceRelease = DEFAULT_RELEASE,
): RegionChoice {
  const choice = REGION_CHOICES.find((name) => name === text);
  if (choice === undefined)
    throw new UsageError(`--regions expects one of ${REGION_CHOICES.join(", ")}, got '${text}'`);
  const { regions } = behavioursOf(release);
  if (choice === "any" || regions.has(region)) return choice;
  throw new UsageError(`--regions guide serves ${[...regions].join(", ")}, but --region is ${region}`);
}
