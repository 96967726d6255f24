import { isAccount } from "../../../api/account.ts";
import { isBucketName } from "../../../aws/s3/bucket-names.ts";
import type { BucketOwner } from "../../../domain/import-jobs/bucket-owner.ts";
import { UsageError } from "./usage-error.ts";

/** Parses `dicom-of-others=111122223333@eu-west-1,more=444455556666`; without a region, any region. */
export function readBucketOwners(text = ""): Record<string, BucketOwner> {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  return Object.fromEntries(entries.map(readBucketOwner));
}

function readBucketOwner(entry: string): [bucket: string, owner: BucketOwner] {
  const [, bucket = "", account = "", region] =
    /^([^=]+)=([^@]*)(?:@([a-z]{2}(?:-[a-z]+)+-\d))?$/.exec(entry) ?? [];
  if (isBucketName(bucket) && isAccount(account)) return [bucket, { account, region }];
  throw new UsageError(
    `--bucket-owner expects buckets such as dicom-input=111122223333@us-west-2, separated by commas, got '${entry}'`,
  );
}
