/** The regions of HealthImaging in May 2024 (facts: service#regions). */
export const GUIDE_REGIONS: ReadonlySet<string> = new Set([
  "us-east-1",
  "us-west-2",
  "ap-southeast-2",
  "eu-west-1",
]);

/** Which regions are served: every one, or those of the guide. */
export type RegionChoice = "any" | "guide";
export const REGION_CHOICES: readonly RegionChoice[] = ["any", "guide"];

/** Whether a string may be a region's name: any that looks like one is served. */
export const isRegionName = (text: string): boolean => /^[a-z0-9-]{1,64}$/.test(text);
