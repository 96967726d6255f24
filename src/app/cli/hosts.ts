import { awsHostsOf, bucketHostsOf } from "../tls/aws-hosts.ts";
import type { HostsSettings } from "./settings/tls-flags.ts";

/**
 * A line for each of AWS's host names: Windows reads at most nine names of a line. Each says whose it is, so that all are
 * found again.
 */
export function describeHosts({ regions, buckets, address }: HostsSettings): string {
  const hosts = regions.flatMap((region) => [...awsHostsOf(region), ...bucketHostsOf(region, buckets)]);
  return hosts.map((name) => `${address} ${name} # healthimaging-local\n`).join("");
}
