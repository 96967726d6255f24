import type { Scope } from "../../api/arns.ts";

/**
 * The owner of a bucket.
 * Assumed: bucket-without-owner. By default a bucket belongs to the importing account, in its region, since
 * accounts differ by access keys only and share the buckets.
 */
export interface BucketOwner {
  /** 12 digits. */
  readonly account: string;
  /** Undefined: the region of the importing account. */
  readonly region?: string | undefined;
}

export type BucketOwners = ReadonlyMap<string, BucketOwner>;

/** The owner from the point of view of an import into a data store of `importing`. */
export const ownerOf = (owners: BucketOwners, bucket: string, importing: Scope): Scope => {
  const { account, region } = owners.get(bucket) ?? importing;
  return { account, region: region ?? importing.region };
};
