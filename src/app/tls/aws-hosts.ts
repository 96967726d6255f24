import { GUIDE_REGIONS, type RegionChoice } from "../../api/regions.ts";

const domainOf = (region: string): string =>
  region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";

const SERVICES = ["medical-imaging", "runtime-medical-imaging", "dicom-medical-imaging", "s3", "sts"];

/** The AWS CLI, boto3 and older SDKs leave the region out of those of us-east-1. */
const isGlobal = (region: string): boolean => region === "us-east-1";

/** AWS's hosts of a region for HealthImaging and what goes with it (facts: service#hosts). */
export const awsHostsOf = (region: string): string[] => [
  ...SERVICES.map((service) => `${service}.${region}.${domainOf(region)}`),
  ...(isGlobal(region) ? ["s3.amazonaws.com", "sts.amazonaws.com"] : []),
];

/** Where SDKs look for buckets that are a part of the host. */
export const bucketHostsOf = (region: string, buckets: readonly string[]): string[] =>
  buckets.flatMap((bucket) => [
    `${bucket}.s3.${region}.${domainOf(region)}`,
    ...(isGlobal(region) ? [`${bucket}.s3.amazonaws.com`] : []),
  ]);

/**
 * Those of the guide where it has only these, else the region of unsigned requests.
 * @param published of the service's release
 */
export const regionsServed = (
  regions: RegionChoice = "any",
  region = "us-east-1",
  published: ReadonlySet<string> = GUIDE_REGIONS,
): string[] => (regions === "guide" ? [...published] : [region]);
