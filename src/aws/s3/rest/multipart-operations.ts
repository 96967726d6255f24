import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { isMarker, refusal } from "../object-keys.ts";
import { etagOfParts, joinParts, type MultipartUpload } from "../multipart-uploads.ts";
import { answerS3Nothing, answerXml, isoTime } from "./s3-answer.ts";
import { checksumChecks, type Checksums, isChecksumHeader } from "./body/checksums.ts";
import { permitOf } from "./conditions.ts";
import { keptHeaders } from "./object-headers.ts";
import { choosePart } from "./part-choice.ts";
import { openObjectPayload, readXmlBody, verifyPayload } from "./body/payload.ts";
import { parseRange } from "./range.ts";
import type { S3Request } from "./s3-request.ts";
import type { S3Operations } from "./s3-route.ts";
import { openCopySource, partOf, withMd5 } from "./write-operations.ts";
import { elementsOf, malformed } from "./body/xml.ts";

const MAX_PARTS = 10_000;

export const multipartOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async CreateMultipartUpload({ bucket, key, headers }) {
      buckets.checkWritable(bucket, key);
      if (isMarker(key))
        throw refusal(
          "InvalidArgument",
          key,
          'Keys that end in "/" are folder markers here, and cannot have parts',
        );
      const { id } = buckets.uploads.create(bucket, key, keptHeaders({ headers }));
      return answerXml("InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: id });
    },

    async UploadPart(request) {
      const upload = findUpload(buckets, request);
      const partNumber = partNumberOf(request);
      if (request.headers["x-amz-copy-source"] !== undefined)
        return copyPart(buckets, request, upload, partNumber);
      const payload = openObjectPayload(request);
      const { md5 } = await buckets.uploads.writePart(upload, partNumber, payload);
      return answerS3Nothing(200, { etag: `"${md5}"`, ...payload.checksums });
    },

    async CompleteMultipartUpload(request) {
      const { bucket, key, headers } = request;
      const order = await readXmlBody(
        { body: request.body, headers: aboutBody(headers) },
        "CompleteMultipartUpload",
      );
      const chosen = order === undefined ? [] : elementsOf(order, "Part");
      if (chosen.length === 0) throw malformed("expected at least one <Part>");
      const upload = findUpload(buckets, request);
      const parts = chosen.map((part, index) => choosePart(upload, part, chosen[index - 1]));
      const checksums: Checksums = {};
      const checks = checksumChecks(aboutObject(headers), new Map(), checksums);
      const { etag } = await buckets.uploads.complete(upload, () =>
        buckets.put(bucket, key, verifyPayload(joinParts(parts), checks), {
          permit: permitOf(request),
          attributes: () => ({ etag: etagOfParts(parts), headers: upload.headers }),
        }),
      );
      return answerXml("CompleteMultipartUploadResult", {
        Location: locationOf(request),
        Bucket: bucket,
        Key: key,
        ETag: etag,
      });
    },

    async AbortMultipartUpload(request) {
      await buckets.uploads.abort(findUpload(buckets, request));
      return answerS3Nothing(204);
    },
  }) satisfies Partial<S3Operations>;

export function findUpload(buckets: FolderBuckets, { bucket, key, query }: S3Request): MultipartUpload {
  buckets.folderOf(bucket);
  return buckets.uploads.find(bucket, key, query.get("uploadId") ?? "");
}

async function copyPart(
  buckets: FolderBuckets,
  request: S3Request,
  upload: MultipartUpload,
  partNumber: number,
) {
  const source = await openCopySource(buckets, request);
  try {
    const { byteLength } = source.info;
    const range = parseRange(request.headers["x-amz-copy-source-range"], byteLength) ?? {
      first: 0,
      last: byteLength - 1,
    };
    const { bytes, md5 } = withMd5(partOf(source, range));
    const part = await buckets.uploads.writePart(upload, partNumber, { bytes, md5, checksums: {} });
    return answerXml("CopyPartResult", { LastModified: isoTime(part.modifiedMs), ETag: `"${part.md5}"` });
  } finally {
    await source.close();
  }
}

function partNumberOf({ query }: S3Request): number {
  const text = query.get("partNumber") ?? "";
  const partNumber = Number(text);
  if (/^\d+$/.test(text) && partNumber >= 1 && partNumber <= MAX_PARTS) return partNumber;
  throw new S3Error(
    "InvalidArgument",
    `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
    {
      details: { ArgumentName: "partNumber", ArgumentValue: text },
    },
  );
}

/** On completion the checksum headers describe the object, not the XML body. */
const aboutBody = (headers: S3Request["headers"]): S3Request["headers"] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !isChecksumHeader(name)));

/** A composite checksum is a checksum of checksums: only one over the entire object can be compared. */
const aboutObject = (headers: S3Request["headers"]): S3Request["headers"] =>
  headers["x-amz-checksum-type"] === "FULL_OBJECT" ? headers : {};

/** Where the object is, by the host that the client asked: the bucket may stand in it. S3 encodes the slashes of the key. */
function locationOf({ scheme, headers, bucket, key }: S3Request): string {
  const { host = "localhost" } = headers;
  const folder = host.startsWith(`${bucket}.s3`) ? "" : `${bucket}/`;
  return `${scheme}://${host}/${folder}${encodeURIComponent(key)}`;
}
