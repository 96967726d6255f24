import type { HttpResponse } from "../../../api/http.ts";
import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import type { ObjectInfo } from "../object-info.ts";
import { answerXml, isoTime, OWNER } from "./s3-answer.ts";
import { countParameter, type S3Request } from "./s3-request.ts";
import type { S3Operations } from "./s3-route.ts";
import type { XmlContent } from "./body/xml.ts";

const MAX_KEYS = 1000;

export const listOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async ListObjectsV2(request) {
      const { query } = request;
      if (query.get("list-type") !== "2")
        throw new S3Error("InvalidArgument", `expected list-type 2, got ${query.get("list-type")}`);
      const token = query.get("continuation-token");
      const startAfter = query.get("start-after") ?? "";
      const after = token === null ? startAfter : decodeToken(token);
      const listing = await readListing(buckets, request, after);
      return answerListing(listing, query.get("fetch-owner") === "true", {
        KeyCount: listing.page.objects.length + listing.page.commonPrefixes.length,
        ContinuationToken: token ?? undefined,
        NextContinuationToken: listing.page.next && encodeToken(listing.page.next),
        StartAfter: startAfter === "" ? undefined : listing.encode(startAfter),
      });
    },

    async ListObjects(request) {
      const marker = request.query.get("marker") ?? "";
      const listing = await readListing(buckets, request, marker);
      const { next } = listing.page;
      return answerListing(listing, true, {
        Marker: listing.encode(marker),
        // Without a delimiter clients continue after the last key, as on S3.
        NextMarker: next === undefined || listing.delimiter === "" ? undefined : listing.encode(next),
      });
    },
  }) satisfies Partial<S3Operations>;

interface Listing extends Awaited<ReturnType<typeof readListing>> {}

async function readListing(buckets: FolderBuckets, { bucket, query }: S3Request, after: string) {
  const encoding = query.get("encoding-type") ?? undefined;
  if (encoding !== undefined && encoding !== "url")
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const maxKeys = Math.min(countParameter(query, "max-keys", MAX_KEYS), MAX_KEYS);
  const page = await buckets.page(bucket, { prefix, delimiter, after, maxKeys });
  const encode = encoding === undefined ? (text: string) => text : encodeUrl;
  return { bucket, prefix, delimiter, maxKeys, page, encoding, encode };
}

function answerListing(
  { bucket, prefix, delimiter, maxKeys, page, encoding, encode }: Listing,
  isOwnerShown: boolean,
  position: Readonly<Record<string, XmlContent>>,
): HttpResponse {
  return answerXml("ListBucketResult", {
    Name: bucket,
    Prefix: encode(prefix),
    ...position,
    MaxKeys: maxKeys,
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    EncodingType: encoding,
    IsTruncated: page.next !== undefined,
    Contents: page.objects.map((info) => describeObject(info, encode, isOwnerShown)),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  });
}

const describeObject = (
  { key, byteLength, modifiedMs, etag }: ObjectInfo,
  encode: (text: string) => string,
  isOwnerShown: boolean,
): XmlContent => ({
  Key: encode(key),
  LastModified: isoTime(modifiedMs),
  ETag: etag,
  Size: byteLength,
  Owner: isOwnerShown ? OWNER : undefined,
  StorageClass: "STANDARD",
});

export const encodeUrl = (text: string): string => encodeURIComponent(text).replaceAll("%2F", "/");

const encodeToken = (key: string): string => Buffer.from(key).toString("base64url");

function decodeToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString("utf8");
  if (key !== "" && encodeToken(key) === token) return key;
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
    details: { ArgumentName: "continuation-token" },
  });
}
