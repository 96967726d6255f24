import type { HttpResponse } from "../../../api/http.ts";
import { S3Error } from "../s3-error.ts";
import type { FolderBuckets } from "../folder-buckets.ts";
import { SYSTEM_HEADERS } from "../metadata/object-attributes.ts";
import type { ObjectInfo } from "../object-info.ts";
import { httpTime } from "./s3-answer.ts";
import { isKnownToClient, isRangeWanted } from "./conditions.ts";
import { sandboxed, sentHeaders } from "./object-headers.ts";
import { type ByteRange, parseRange } from "./range.ts";
import type { S3Request } from "./s3-request.ts";
import type { S3Operations } from "./s3-route.ts";

export const readOperations = ({ buckets }: { buckets: FolderBuckets }) =>
  ({
    async GetObject(request) {
      const object = await buckets.read(request.bucket, request.key);
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
  const headers = sandboxed({
    ...validators,
    "accept-ranges": "bytes",
    ...sentHeaders(info),
    "content-length": String(range.last - range.first + 1),
    ...(part && { "content-range": `bytes ${part.first}-${part.last}/${info.byteLength}` }),
    ...overrides(request.query),
  });
  return { answer: { status: part === undefined ? 200 : 206, headers }, range };
}

/** What a client may ask for, as `response-<name>` in the query. */
function overrides(query: URLSearchParams): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of SYSTEM_HEADERS) {
    const value = query.get(`response-${name}`);
    if (value === null) continue;
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new S3Error("InvalidArgument", `The value of response-${name} cannot be a header value`);
    headers[name] = value;
  }
  return headers;
}
