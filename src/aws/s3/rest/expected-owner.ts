import { isAccount } from "../../../api/account.ts";
import type { Scope } from "../../../api/arns.ts";
import { ownerOf, type BucketOwners } from "../../../domain/import-jobs/bucket-owner.ts";
import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import type { S3Request } from "./s3-request.ts";
import type { S3OperationName } from "./s3-route.ts";
import { copySourceOf } from "./write-operations.ts";

interface ExpectedOwnerDependencies {
  readonly buckets: FolderBuckets;
  readonly bucketOwners: BucketOwners;
}

/** These operations have no bucket that could belong to another account. */
const WITHOUT_EXPECTATION: ReadonlySet<S3OperationName> = new Set(["ListBuckets", "CreateBucket"]);

/**
 * Refuses a request whose expected owner is not the owner of the bucket, or of the source bucket of a copy.
 * Assumed: missing-bucket-owner. A missing bucket is reported as missing, whatever owner is expected.
 */
export function checkExpectedOwners(
  parts: ExpectedOwnerDependencies,
  operation: S3OperationName,
  request: S3Request,
): void {
  if (WITHOUT_EXPECTATION.has(operation)) return;
  const { bucket, caller, headers } = request;
  const expected = headers["x-amz-expected-bucket-owner"];
  if (expected !== undefined) checkExpectedOwner(parts, bucket, caller, expected);
  const expectedOfSource = headers["x-amz-source-expected-bucket-owner"];
  if (expectedOfSource !== undefined && headers["x-amz-copy-source"] !== undefined)
    checkExpectedOwner(parts, copySourceOf(request).bucket, caller, expectedOfSource);
}

function checkExpectedOwner(
  { buckets, bucketOwners }: ExpectedOwnerDependencies,
  bucket: string,
  caller: Scope,
  expected: string,
): void {
  if (!isAccount(expected))
    throw new S3Error(
      "InvalidBucketOwnerAWSAccountID",
      "The value of the expected bucket owner parameter must be an AWS Account ID: " +
        `expected 12 digits, got "${expected}"`,
    );
  buckets.folderOf(bucket);
  if (ownerOf(bucketOwners, bucket, caller).account !== expected)
    throw new S3Error("AccessDenied", "Access Denied");
}
