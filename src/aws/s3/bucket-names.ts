import { S3Error } from "./s3-error.ts";

const FORM = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const IPV4_FORM = /^\d+\.\d+\.\d+\.\d+$/;
const RESERVED_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** The rules of "General purpose bucket naming rules" in the S3 user guide. */
export const isBucketName = (name: string): boolean =>
  FORM.test(name) &&
  !name.includes("..") &&
  !IPV4_FORM.test(name) &&
  !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
  !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));

export function checkBucketName(name: string): void {
  if (!isBucketName(name))
    throw new S3Error("InvalidBucketName", "The specified bucket is not valid.", {
      details: { BucketName: name },
    });
}
