import type { Scope } from "../../../api/arns.ts";
import type { HttpRequest, HttpResponse } from "../../../api/http.ts";
import { S3Error } from "../s3-error.ts";

/** A parsed path-style request. */
export interface S3Request {
  readonly caller: Scope;
  readonly method: string;
  /** Empty if the request is about all buckets. */
  readonly bucket: string;
  /** Empty if the request is about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: HttpRequest["headers"];
  readonly scheme: "http" | "https";
  readonly body: AsyncIterable<Uint8Array>;
}

export type S3Operation = (request: S3Request) => Promise<HttpResponse>;

export function parseRequest(request: HttpRequest, caller: Scope): S3Request {
  const { method, path, query, headers, body, scheme = "http" } = request;
  const { bucket, key } = parseResource(path.slice(1));
  return { caller, method, bucket, key, query: new URLSearchParams(query), headers, scheme, body };
}

/** Parses `bucket/key`, percent-encoded: of a path, and of the header of a copy. */
export function parseResource(encoded: string): { bucket: string; key: string } {
  const slash = encoded.indexOf("/");
  const end = slash === -1 ? encoded.length : slash;
  return { bucket: decode(encoded.slice(0, end)), key: decode(encoded.slice(end + 1)) };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new S3Error(
      "InvalidURI",
      `Couldn't parse the specified URI: "${encoded}" is not percent-encoded UTF-8`,
      { cause },
    );
  }
}

/** A numeric query parameter. */
export function countParameter(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === "") return fallback;
  const count = Number(text);
  if (/^\d+$/.test(text) && count < 2 ** 31) return count;
  throw new S3Error("InvalidArgument", `Provided ${name} not an integer or within integer range`, {
    details: { ArgumentName: name, ArgumentValue: text },
  });
}
