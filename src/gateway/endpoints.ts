import type { Operation } from "../api/model.ts";

/** AWS's own names: regional, FIPS, dual stack and VPC endpoints (service-facts 2). */
const AWS_HOST =
  /(?:^|\.)(runtime-|dicom-)?medical-imaging(?:-fips)?\.[a-z0-9-]+\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)(?::\d+)?$/i;

/**
 * Whether a host serves an operation: each of AWS's three endpoints its own, any other host all.
 * @param host of the request, with or without a port
 */
export function isServedAt(host: string | undefined, { hostPrefix }: Pick<Operation, "hostPrefix">): boolean {
  const endpoint = AWS_HOST.exec(host ?? "");
  return endpoint === null || endpoint[1]?.toLowerCase() === hostPrefix;
}
