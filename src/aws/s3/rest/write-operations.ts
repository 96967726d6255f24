import { S3Error } from "../s3-error.ts";
import { createHash } from "node:crypto";
import type { FolderBuckets } from "../folder-buckets.ts";
import type { OpenObject } from "../open-object.ts";
import type { ByteSource } from "../upload-area.ts";
import { answerS3Nothing, answerXml, isoTime } from "./s3-answer.ts";
import type { Permit } from "../object-info.ts";
import { isKnownToClient, permitOf, preconditionFailed } from "./conditions.ts";
import { openObjectPayload } from "./body/payload.ts";
import { keptHeaders } from "./object-headers.ts";
import type { ByteRange } from "./range.ts";
import { parseResource, type S3Request } from "./s3-request.ts";
import { notImplemented, type S3Operations } from "./s3-route.ts";

export const writeOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async PutObject(request) {
      const headers = keptHeaders(request);
      const { bytes, checksums, md5 } = openObjectPayload(request);
      const { etag } = await buckets.put(request.bucket, request.key, bytes, {
        permit: await knowingPermitOf(buckets, request),
        attributes: () => ({ etag: md5(), headers }),
      });
      return answerS3Nothing(200, { etag, ...checksums });
    },

    async CopyObject(request) {
      const source = await openCopySource(buckets, request);
      try {
        const isReplaced = replacesMetadata(request);
        if (isOntoItself(request) && !isReplaced)
          throw new S3Error(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
          );
        const headers = isReplaced ? keptHeaders(request) : (source.info.attributes?.headers ?? {});
        const { bytes, md5 } = withMd5(wholeOf(source));
        const copy = await buckets.put(request.bucket, request.key, bytes, {
          permit: await knowingPermitOf(buckets, request),
          attributes: () => ({ etag: md5(), headers }),
        });
        return answerXml("CopyObjectResult", { LastModified: isoTime(copy.modifiedMs), ETag: copy.etag });
      } finally {
        await source.close();
      }
    },
  }) satisfies Partial<S3Operations>;

/** @throws S3Error if the source is absent, or does not meet the request's conditions */
export async function openCopySource(buckets: FolderBuckets, request: S3Request): Promise<OpenObject> {
  const { bucket, key } = copySourceOf(request);
  const source = await buckets.read(bucket, key);
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

/** An If-Match may have the MD5 of a file that was copied in and never read: it is read before. */
export async function knowingPermitOf(buckets: FolderBuckets, request: S3Request): Promise<Permit> {
  const permit = permitOf(request);
  if (request.headers["if-match"] !== undefined)
    await buckets.head(request.bucket, request.key).catch((error: unknown) => {
      if (!(error instanceof S3Error)) throw error;
    });
  return permit;
}

/** Whether a copy is kept with what its request says, not with what its source has. */
function replacesMetadata({ headers }: S3Request): boolean {
  const directive = headers["x-amz-metadata-directive"] ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive === "REPLACE";
  throw new S3Error("InvalidArgument", "Unknown metadata directive.", {
    details: { ArgumentName: "x-amz-metadata-directive", ArgumentValue: directive },
  });
}

function isOntoItself(request: S3Request): boolean {
  const source = copySourceOf(request);
  return source.bucket === request.bucket && source.key === request.key;
}

/** The bytes of a range. A stream cannot return zero bytes. */
export const partOf = (source: OpenObject, { first, last }: ByteRange): ByteSource =>
  last < first ? [] : source.stream(first, last);

/** Computes the MD5 of bytes that pass; in hexadecimal, once all have. */
export function withMd5(bytes: ByteSource): { bytes: AsyncIterable<Uint8Array>; md5: () => string } {
  const hash = createHash("md5");
  const hashing = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      hash.update(chunk);
      yield chunk;
    }
  };
  return { bytes: hashing(), md5: () => hash.digest("hex") };
}

const wholeOf = (source: OpenObject) => partOf(source, { first: 0, last: source.info.byteLength - 1 });
