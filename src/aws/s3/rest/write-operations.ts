import { S3Error } from "../s3-error.ts";
import type { FolderBuckets, OpenObject } from "../folder-buckets.ts";
import type { ByteSource } from "../upload-area.ts";
import { answerS3Nothing, answerXml, isoTime } from "./s3-answer.ts";
import { isKnownToClient, permitOf, preconditionFailed } from "./conditions.ts";
import { openPayload } from "./body/payload.ts";
import type { ByteRange } from "./range.ts";
import { parseResource, type S3Request } from "./s3-request.ts";
import { notImplemented, type S3Operations } from "./s3-route.ts";

export const writeOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async PutObject(request) {
      const { bytes, checksums } = openPayload(request);
      const { etag } = await buckets.put(request.bucket, request.key, bytes, permitOf(request));
      return answerS3Nothing(200, { etag, ...checksums });
    },

    async CopyObject(request) {
      const source = await openCopySource(buckets, request);
      try {
        if (isOntoItself(request) && request.headers["x-amz-metadata-directive"] !== "REPLACE")
          throw new S3Error(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
          );
        const copy = await buckets.put(request.bucket, request.key, wholeOf(source), permitOf(request));
        return answerXml("CopyObjectResult", { LastModified: isoTime(copy.modifiedMs), ETag: copy.etag });
      } finally {
        await source.close();
      }
    },
  }) satisfies Partial<S3Operations>;

/** @throws S3Error if the source is absent, or does not meet the request's conditions */
export async function openCopySource(buckets: FolderBuckets, request: S3Request): Promise<OpenObject> {
  const { bucket, key } = copySourceOf(request);
  const source = await buckets.open(bucket, key);
  try {
    if (isKnownToClient(request.headers, source.info, "x-amz-copy-source-"))
      throw preconditionFailed("x-amz-copy-source-If-None-Match");
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

export function copySourceOf({ headers }: S3Request): { bucket: string; key: string } {
  const [resource = "", version] = (headers["x-amz-copy-source"] ?? "").split("?versionId=");
  if ((version ?? "null") !== "null") throw notImplemented("versions of objects");
  const source = parseResource(resource.replace(/^(\/|%2F)/i, "").replace(/^([^/]*?)%2F/i, "$1/"));
  if (source.bucket === "" || source.key === "")
    throw new S3Error(
      "InvalidArgument",
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      {
        details: { ArgumentName: "x-amz-copy-source", ArgumentValue: resource },
      },
    );
  return source;
}

function isOntoItself(request: S3Request): boolean {
  const source = copySourceOf(request);
  return source.bucket === request.bucket && source.key === request.key;
}

/** The bytes of a range. A stream cannot return zero bytes. */
export const partOf = (source: OpenObject, { first, last }: ByteRange): ByteSource =>
  last < first ? [] : source.stream(first, last);

const wholeOf = (source: OpenObject) => partOf(source, { first: 0, last: source.info.byteLength - 1 });
