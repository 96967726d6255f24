import type { HttpResponse } from "../../../api/http.ts";
import type { S3Request } from "./s3-request.ts";
import type { S3OperationName } from "./s3-route.ts";

/** What S3 keeps of a new bucket or object, and these buckets do not. Ends in `*` where it is the beginning of names. */
const NOT_KEPT = [
  "x-amz-acl",
  "x-amz-bucket-object-lock-enabled",
  "x-amz-grant-*",
  "x-amz-object-lock-*",
  "x-amz-object-ownership",
  "x-amz-server-side-encryption*",
  "x-amz-storage-class",
  "x-amz-tagging",
  "x-amz-website-redirect-location",
];

/** Values that say what is so without them: clients send them with every request. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  "x-amz-acl": ["private", "bucket-owner-full-control"],
  "x-amz-bucket-object-lock-enabled": ["false"],
  "x-amz-object-lock-legal-hold": ["OFF"],
  "x-amz-object-ownership": ["BucketOwnerEnforced"],
  "x-amz-server-side-encryption": ["AES256"],
  "x-amz-server-side-encryption-bucket-key-enabled": ["false"],
  "x-amz-storage-class": ["STANDARD"],
};

const MAKES: ReadonlySet<S3OperationName> = new Set([
  "CreateBucket",
  "PutObject",
  "CopyObject",
  "CreateMultipartUpload",
]);

/** Names in `x-local-hint` what a request wants to be kept and is not. */
export function hintNotKept(
  operation: S3OperationName,
  { headers }: Pick<S3Request, "headers">,
  response: HttpResponse,
): HttpResponse {
  const ignored = MAKES.has(operation) ? Object.keys(headers).filter((name) => isIgnored(name, headers)) : [];
  if (ignored.length === 0) return response;
  const hint = `${ignored.sort().join(", ")}: accepted and not kept`;
  return { ...response, headers: { ...response.headers, "x-local-hint": hint } };
}

function isIgnored(name: string, headers: S3Request["headers"]): boolean {
  const isListed = NOT_KEPT.some((listed) =>
    listed.endsWith("*") ? name.startsWith(listed.slice(0, -1)) : name === listed,
  );
  const value = headers[name] ?? "";
  return isListed && value !== "" && USUAL[name]?.includes(value) !== true;
}
