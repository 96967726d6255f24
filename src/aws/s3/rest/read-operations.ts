import type { HttpResponse } from "../../../api/http.ts";
import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import type { ObjectInfo } from "../object-info.ts";
import { httpTime } from "./s3-answer.ts";
import { isKnownToClient, isRangeWanted } from "./conditions.ts";
import { type ByteRange, parseRange } from "./range.ts";
import type { S3Request } from "./s3-request.ts";
import type { S3Operations } from "./s3-route.ts";

/** Plain files have no content type: S3's default. */
const CONTENT_TYPE = "binary/octet-stream";

/** Response headers that a client may set, as `response-<name>` in the query. */
const OVERRIDABLE = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

export const readOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async GetObject(request) {
      const object = await buckets.open(request.bucket, request.key);
      try {
        const { answer, range } = planRead(request, object.info);
        if (range !== undefined && range.last >= range.first)
          return { ...answer, body: object.stream(range.first, range.last) };
        await object.close();
        return answer;
      } catch (error) {
        await object.close();
        throw error;
      }
    },

    async HeadObject(request) {
      return planRead(request, await buckets.head(request.bucket, request.key)).answer;
    },
  }) satisfies Partial<S3Operations>;

/** Everything of the answer except its bytes; no range if it has no body. */
function planRead(request: S3Request, info: ObjectInfo): { answer: HttpResponse; range?: ByteRange } {
  const validators = { etag: info.etag, "last-modified": httpTime(info.modifiedMs) };
  if (isKnownToClient(request.headers, info)) return { answer: { status: 304, headers: validators } };
  const part = isRangeWanted(request.headers, info)
    ? parseRange(request.headers["range"], info.byteLength)
    : undefined;
  const range = part ?? { first: 0, last: info.byteLength - 1 };
  const headers = {
    ...validators,
    "accept-ranges": "bytes",
    "content-type": CONTENT_TYPE,
    "content-length": String(range.last - range.first + 1),
    ...(part && { "content-range": `bytes ${part.first}-${part.last}/${info.byteLength}` }),
    ...overrides(request.query),
  };
  return { answer: { status: part === undefined ? 200 : 206, headers }, range };
}

function overrides(query: URLSearchParams): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of OVERRIDABLE) {
    const value = query.get(`response-${name}`);
    if (value === null) continue;
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new S3Error("InvalidArgument", `No header can hold the value of response-${name}`);
    headers[name] = value;
  }
  return headers;
}
