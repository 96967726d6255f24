import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { compareKeys } from "../object-keys.ts";
import type { MultipartUpload } from "../multipart-uploads.ts";
import { answerXml, isoTime, OWNER } from "./s3-answer.ts";
import { encodeUrl } from "./list-operations.ts";
import { findUpload } from "./multipart-operations.ts";
import { countParameter } from "./s3-request.ts";
import { notImplemented, type S3Operations } from "./s3-route.ts";

const MAX_ENTRIES = 1000;

export const uploadLists = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async ListParts(request) {
      const { bucket, key, query } = request;
      const upload = findUpload(buckets, request);
      const marker = countParameter(query, "part-number-marker", 0);
      const limit = Math.min(countParameter(query, "max-parts", MAX_ENTRIES), MAX_ENTRIES);
      const parts = [...upload.parts.values()]
        .filter(({ partNumber }) => partNumber > marker)
        .sort((a, b) => a.partNumber - b.partNumber);
      const page = parts.slice(0, limit);
      return answerXml("ListPartsResult", {
        Bucket: bucket,
        Key: key,
        UploadId: upload.id,
        Initiator: OWNER,
        Owner: OWNER,
        StorageClass: "STANDARD",
        PartNumberMarker: marker,
        NextPartNumberMarker: page.at(-1)?.partNumber,
        MaxParts: limit,
        IsTruncated: parts.length > limit,
        Part: page.map(({ partNumber, modifiedMs, md5, byteLength }) => ({
          PartNumber: partNumber,
          LastModified: isoTime(modifiedMs),
          ETag: `"${md5}"`,
          Size: byteLength,
        })),
      });
    },

    async ListMultipartUploads({ bucket, query }) {
      buckets.folderOf(bucket);
      if (query.get("delimiter")) throw notImplemented("a delimiter in lists of multipart uploads");
      const prefix = query.get("prefix") ?? "";
      const limit = Math.min(countParameter(query, "max-uploads", MAX_ENTRIES), MAX_ENTRIES);
      const uploads = buckets.uploads
        .list(bucket)
        .filter((upload) => upload.key.startsWith(prefix) && isBehindMarkers(upload, query))
        .sort(compareUploads);
      const page = uploads.slice(0, limit);
      const encode = encoderOf(query);
      return answerXml("ListMultipartUploadsResult", {
        Bucket: bucket,
        KeyMarker: encode(query.get("key-marker") ?? ""),
        UploadIdMarker: query.get("upload-id-marker") ?? "",
        NextKeyMarker: uploads.length > limit ? encode(page.at(-1)?.key ?? "") : undefined,
        NextUploadIdMarker: uploads.length > limit ? page.at(-1)?.id : undefined,
        Prefix: encode(prefix),
        MaxUploads: limit,
        EncodingType: query.get("encoding-type") ?? undefined,
        IsTruncated: uploads.length > limit,
        Upload: page.map(({ id, key, initiatedMs }) => ({
          Key: encode(key),
          UploadId: id,
          Initiator: OWNER,
          Owner: OWNER,
          StorageClass: "STANDARD",
          Initiated: isoTime(initiatedMs),
        })),
      });
    },
  }) satisfies Partial<S3Operations>;

const compareUploads = (a: MultipartUpload, b: MultipartUpload): number =>
  compareKeys(a.key, b.key) || compareKeys(a.id, b.id);

function isBehindMarkers({ key, id }: MultipartUpload, query: URLSearchParams): boolean {
  const order = compareKeys(key, query.get("key-marker") ?? "");
  const idMarker = query.get("upload-id-marker") ?? "";
  return order > 0 || (order === 0 && idMarker !== "" && compareKeys(id, idMarker) > 0);
}

function encoderOf(query: URLSearchParams): (text: string) => string {
  const encoding = query.get("encoding-type");
  if (encoding === null) return (text) => text;
  if (encoding === "url") return encodeUrl;
  throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
}
