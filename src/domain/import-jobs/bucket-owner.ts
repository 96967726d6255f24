import type { Scope } from "../../api/arns.ts";

/**
 * Whose a bucket is.
 * Assumed: bucket-without-owner. It belongs to the account that imports from it, in its region, since
 * accounts are told apart by access keys and share the buckets.
 */
export interface BucketOwner {
  /** 12 digits. */
  readonly account: string;
  /** Undefined: the region of the importing account. */
  readonly region?: string | undefined;
}

export type BucketOwners = ReadonlyMap<string, BucketOwner>;

/** The owner as an import into a data store of `importing` sees it. */
export const ownerOf = (owners: BucketOwners, bucket: string, importing: Scope): Scope => {
  const { account, region } = owners.get(bucket) ?? importing;
  return { account, region: region ?? importing.region };
};
