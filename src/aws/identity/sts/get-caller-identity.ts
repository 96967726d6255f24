import { createHash } from "node:crypto";
import type { Caller } from "../../../domain/caller.ts";
import { userArn } from "../user-arn.ts";

/** Who called: in the order of AWS's answer. */
export const getCallerIdentity = (caller: Caller) => ({
  Arn: userArn(caller),
  UserId: userIdOf(caller),
  Account: caller.account,
});

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Assumed: user-id. AWS's ids of users begin with AIDA and have 21 characters of base32; a user's is always the same.
 */
function userIdOf({ account, accessKeyId = "" }: Caller): string {
  const digest = createHash("sha256").update(`${account}/${accessKeyId}`).digest();
  return `AIDA${Array.from(digest.subarray(0, 17), (byte) => BASE32[byte % 32]).join("")}`;
}
