import type { Scope } from "../api/arns.ts";
import { ownerOf, type BucketOwners } from "../domain/import-jobs/bucket-owner.ts";
import type { ImportJob, JobFolders } from "../domain/import-jobs/import-job.ts";
import type { ObjectStore } from "../domain/objects.ts";
import { JobError, orJobError } from "./job-error.ts";

interface CheckBucketsDependencies {
  readonly objects: ObjectStore;
  readonly bucketOwners: BucketOwners;
  readonly folders: JobFolders;
}

/**
 * Runs before the import. Assumed: unusable-buckets. A missing or unreadable bucket fails the job, not the
 * call.
 * @param importing account and region of the job's data store
 * @throws JobError if a bucket is missing or unreadable, or the report cannot be written to it
 */
export async function checkBuckets(
  { objects, bucketOwners, folders: { input, output } }: CheckBucketsDependencies,
  { inputOwnerAccountId }: ImportJob,
  importing: Scope,
): Promise<void> {
  await requireBucket(objects, "Output", output.bucket);
  await requireBucket(objects, "Input", input.bucket);
  checkOwner(bucketOwners, input.bucket, inputOwnerAccountId, importing);
  await orJobError("The output folder is not writable", () =>
    objects.checkWritable(output.bucket, `${output.prefix}job-output-manifest.json`),
  );
}

async function requireBucket(objects: ObjectStore, role: string, bucket: string): Promise<void> {
  const isThere = await orJobError(`${role} bucket ${bucket} cannot be reached`, () =>
    objects.bucketExists(bucket),
  );
  if (!isThere) throw new JobError(`${role} bucket ${bucket} does not exist`);
}

/**
 * A foreign bucket needs its account in the call (facts: import-jobs#foreign-buckets).
 * Assumed: input-bucket-owner. A wrong account fails for the caller's own bucket too, as S3's expected bucket
 * owner does; the owner of the output bucket does not matter.
 */
function checkOwner(
  owners: BucketOwners,
  bucket: string,
  inputOwnerAccountId: string | null,
  importing: Scope,
): void {
  const { account, region } = ownerOf(owners, bucket, importing);
  const claim = `Input bucket ${bucket} belongs to account ${account} in region ${region}`;
  if (inputOwnerAccountId !== null && inputOwnerAccountId !== account)
    throw new JobError(`${claim}, not to account ${inputOwnerAccountId} as inputOwnerAccountId says`);
  const isForeign = account !== importing.account || region !== importing.region;
  if (isForeign && inputOwnerAccountId === null)
    throw new JobError(`${claim}: an import from it needs that account as inputOwnerAccountId`);
}
