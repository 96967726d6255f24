import { lstatSync, rmdirSync, unlinkSync } from "node:fs";
import { errorCode } from "../../api/error-code.ts";
import { S3Error } from "./s3-error.ts";

/**
 * A linked bucket is unlinked: the folder that it leads to is not the emulator's. A mounted bucket is kept.
 */
export function removeEmptyBucket(bucket: string, path: string): void {
  if (lstatSync(path).isSymbolicLink()) return unlinkSync(path);
  try {
    rmdirSync(path);
  } catch (error) {
    if (errorCode(error) !== "EBUSY") throw error;
    throw new S3Error(
      "InvalidBucketState",
      "The folder of this bucket is a mount, or another program uses it: unmount it to delete the bucket",
      { details: { BucketName: bucket }, cause: error },
    );
  }
}
