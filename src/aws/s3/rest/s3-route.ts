import { S3Error } from "../s3-error.ts";
import type { S3Operation, S3Request } from "./s3-request.ts";

type Level = "service" | "bucket" | "object";

/** What a bucket answers of a configuration that nobody can change here. */
export const CONFIGURATIONS = [
  "accelerate",
  "acl",
  "analytics",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "lifecycle",
  "logging",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "replication",
  "requestPayment",
  "tagging",
  "versioning",
  "website",
] as const;

/** Level, method, the query parameter or header that selects the row, operation. The first match wins. */
const S3_ROUTES = [
  ["service", "GET", "", "ListBuckets"],

  ["bucket", "GET", "?location", "GetBucketLocation"],
  ["bucket", "GET", "?cors", "GetBucketCors"],
  ["bucket", "PUT", "?cors", "PutBucketCors"],
  ["bucket", "DELETE", "?cors", "DeleteBucketCors"],
  ...CONFIGURATIONS.map((name) => ["bucket", "GET", `?${name}`, "GetBucketConfiguration"] as const),
  ["bucket", "GET", "?uploads", "ListMultipartUploads"],
  ["bucket", "GET", "?list-type", "ListObjectsV2"],
  ["bucket", "GET", "", "ListObjects"],
  ["bucket", "HEAD", "", "HeadBucket"],
  ["bucket", "PUT", "", "CreateBucket"],
  ["bucket", "POST", "?delete", "DeleteObjects"],
  ["bucket", "DELETE", "", "DeleteBucket"],

  ["object", "GET", "?uploadId", "ListParts"],
  ["object", "GET", "?acl", "GetObjectAcl"],
  ["object", "GET", "?tagging", "GetObjectTagging"],
  ["object", "GET", "", "GetObject"],
  ["object", "HEAD", "", "HeadObject"],
  ["object", "POST", "?uploads", "CreateMultipartUpload"],
  ["object", "POST", "?uploadId", "CompleteMultipartUpload"],
  ["object", "PUT", "?uploadId", "UploadPart"],
  ["object", "PUT", "x-amz-copy-source", "CopyObject"],
  ["object", "PUT", "", "PutObject"],
  ["object", "DELETE", "?uploadId", "AbortMultipartUpload"],
  ["object", "DELETE", "", "DeleteObject"],
] as const satisfies readonly (readonly [Level, string, string, string])[];

export type S3OperationName = (typeof S3_ROUTES)[number][3];
export type S3Operations = Readonly<Record<S3OperationName, S3Operation>>;

/** Sub-resources of S3 that these buckets do not have. */
const MISSING_SUBRESOURCES = new Set(
  `abac accelerate acl analytics attributes encryption intelligent-tiering inventory legal-hold
  lifecycle logging metadataConfiguration metadataInventoryTable metadataJournalTable metadataTable
  metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock
  renameObject replication requestPayment restore retention select session tagging torrent
  versioning versions website`.split(/\s+/),
);
/** Parameters that change what a request means: they must never be ignored silently. */
const SELECTORS = ["cors", "delete", "location", "uploads", "uploadId"];

export function operationOf(request: S3Request): S3OperationName {
  const level = levelOf(request);
  const fitting = S3_ROUTES.find(
    ([of, method, selector]) => of === level && method === request.method && isSelected(selector, request),
  );
  refuseMissing(request.query, fitting?.[2]);
  const stray = SELECTORS.find((name) => request.query.has(name) && fitting?.[2] !== `?${name}`);
  if (fitting !== undefined && stray === undefined) return fitting[3];
  throw new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    details: { Method: request.method, ResourceType: (stray ?? level).toUpperCase() },
  });
}

/** @param selector of the operation, which is there */
function refuseMissing(query: URLSearchParams, selector = ""): void {
  for (const name of query.keys())
    if (MISSING_SUBRESOURCES.has(name) && `?${name}` !== selector) throw notImplemented(`"?${name}"`);
  if ((query.get("versionId") ?? "null") !== "null") throw notImplemented("versions of objects");
  if (query.has("partNumber") && !query.has("uploadId"))
    throw notImplemented("reading one part of an object");
}

export const notImplemented = (what: string): S3Error =>
  new S3Error("NotImplemented", `The buckets of healthimaging-local do not implement ${what}.`);

function levelOf({ bucket, key }: S3Request): Level {
  if (bucket === "") return "service";
  return key === "" ? "bucket" : "object";
}

function isSelected(selector: string, { query, headers }: S3Request): boolean {
  if (selector === "") return true;
  return selector.startsWith("?") ? query.has(selector.slice(1)) : headers[selector] !== undefined;
}
