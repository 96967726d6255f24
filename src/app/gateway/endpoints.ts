import type { Operation } from "../../api/model/model.ts";
import { nameIn } from "./host-name.ts";

const DOMAIN = String.raw`(?:amazonaws\.com(?:\.cn)?|api\.aws)`;

const REGION = "[a-z]{2,}(?:-[a-z]+)+-[0-9]+";

/** AWS's own names: regional, FIPS, dual stack and VPC endpoints (facts: service#hosts). */
const AWS_HOST = new RegExp(
  String.raw`(?:^|\.)(runtime-|dicom-)?medical-imaging(?:-fips)?\.${REGION}\.(?:vpce\.)?${DOMAIN}$`,
);

/**
 * Hosts of S3 and STS, also with a bucket's name or a VPC endpoint's before them:
 * `s3.eu-west-1.amazonaws.com`, `bucket.s3.dualstack.us-east-1.amazonaws.com`, `s3-us-west-2.amazonaws.com`,
 * `sts.amazonaws.com`. Other names of `amazonaws.com` belong to customers: instances, load balancers,
 * functions.
 */
const OTHER_AWS_HOST = new RegExp(
  String.raw`(?:^|\.)(?:s3|s3-fips|sts|sts-fips|s3-accelerate|s3-${REGION})(?:\.dualstack)?` +
    String.raw`(?:\.${REGION})?(?:\.vpce)?\.${DOMAIN}$`,
);

/** A bucket before AWS's names for S3, where SDKs put it unless they are told otherwise. */
const BUCKET_HOST = new RegExp(
  String.raw`^(.+)\.(?:s3|s3-fips|s3-accelerate|s3-${REGION})(?:\.dualstack)?(?:\.${REGION})?\.${DOMAIN}$`,
);

/**
 * The bucket that a host names: `dicom-input` of `dicom-input.s3.eu-west-1.amazonaws.com`.
 * @param host of the request, with or without a port
 */
export const bucketIn = (host: string | undefined): string | undefined =>
  BUCKET_HOST.exec(nameIn(host ?? "") ?? "")?.[1];

/** @param name as `nameIn` returns it */
export const isAwsHost = (name: string): boolean => AWS_HOST.test(name) || OTHER_AWS_HOST.test(name);

/**
 * Whether a host serves an operation: each of AWS's three endpoints serves its own, any other host serves
 * all.
 * @param host of the request, with or without a port
 */
export function isServedAt(host: string | undefined, { hostPrefix }: Pick<Operation, "hostPrefix">): boolean {
  const endpoint = AWS_HOST.exec(nameIn(host ?? "") ?? "");
  return endpoint === null || endpoint[1] === hostPrefix;
}
