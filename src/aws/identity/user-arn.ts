import { partitionOf } from "../../api/arns.ts";
import type { Caller } from "../../domain/caller.ts";

/** Assumed: denied-user. An access key is the name of its user; a call without one is AWS's `anonymous`. */
export const userArn = ({ account, region, accessKeyId }: Caller): string =>
  accessKeyId === undefined ? "anonymous" : `arn:${partitionOf(region)}:iam::${account}:user/${accessKeyId}`;
