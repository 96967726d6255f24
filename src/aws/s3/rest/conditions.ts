import { noSuchKey, S3Error } from "../s3-error.ts";
import type { ObjectInfo, Permit } from "../object-info.ts";
import type { S3Request } from "./s3-request.ts";
import { notImplemented } from "./s3-route.ts";

type Headers = S3Request["headers"];

/**
 * Whether the reading client already has the object (RFC 9110, section 13.2.2).
 * @param prefix of the header names: `x-amz-copy-source-` for the source of a copy
 * @throws S3Error PreconditionFailed
 */
export function isKnownToClient(headers: Headers, info: ObjectInfo, prefix = ""): boolean {
  const ifMatch = headers[`${prefix}if-match`];
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, info)) throw preconditionFailed("If-Match");
  } else if (isModifiedSince(headers[`${prefix}if-unmodified-since`], info) === true)
    throw preconditionFailed("If-Unmodified-Since");
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, info);
  return isModifiedSince(headers[`${prefix}if-modified-since`], info) === false;
}

/** Whether a range of this object may be sent; else the entire object is sent. */
export const isRangeWanted = (headers: Headers, info: ObjectInfo): boolean => {
  const condition = headers["if-range"];
  return condition === undefined || matches(condition, info) || isModifiedSince(condition, info) === false;
};

/** The conditions of a write or a delete, checked against the existing object when it takes place. */
export function permitOf({ headers, key }: S3Request): Permit {
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== "*")
    throw notImplemented("a write with an If-None-Match other than *");
  return (current) => {
    if (ifNoneMatch !== undefined && current !== undefined) throw preconditionFailed("If-None-Match");
    if (ifMatch === undefined) return;
    if (current === undefined) throw noSuchKey(key);
    if (!matches(ifMatch, current)) throw preconditionFailed("If-Match");
  };
}

export const preconditionFailed = (condition: string): S3Error =>
  new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    details: { Condition: condition },
  });

/** A client may have the ETag of a list from before the MD5 was known: it is of the same file. */
const matches = (etags: string, { etag, fileTag }: ObjectInfo): boolean =>
  etags
    .split(",")
    .map(bare)
    .some((one) => one === "*" || one === bare(etag) || one === bare(fileTag()));

/** Clients send ETags with and without quotes. */
const bare = (etag: string): string => etag.trim().replaceAll('"', "");

/** Undefined if the header is absent or is not a date. */
function isModifiedSince(date: string | undefined, { modifiedMs }: ObjectInfo): boolean | undefined {
  const sinceMs = Date.parse(date ?? "");
  // HTTP dates have whole seconds, so the client's date has them too.
  return Number.isNaN(sinceMs) ? undefined : Math.floor(modifiedMs / 1000) * 1000 > sinceMs;
}
