import type { BigIntStats } from "node:fs";
import { isRecord } from "../../../api/json.ts";

/** What S3 keeps of an object besides its bytes. */
export interface ObjectAttributes {
  /** Without quotes: the MD5 in hexadecimal, or that of a multipart upload, which ends in `-N`. */
  readonly etag: string;
  /** By name in lower case: `content-type`, `x-amz-meta-mtime`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The attributes of the file that had this size and time: another one in its place has none. */
export interface AttributeRecord extends ObjectAttributes {
  readonly byteLength: number;
  /** Microseconds since 1970: what copies that keep times keep of them. */
  readonly modifiedUs: number;
}

/** Those that S3 keeps and sends back, besides `x-amz-meta-*`. */
export const SYSTEM_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
] as const;

const META = "x-amz-meta-";
const ETAG = /^[0-9a-f]{32}(?:-\d{1,5})?$/;
/** What a header can hold: the file may have been changed by hand. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export const isUserMetadata = (name: string): boolean => name.startsWith(META);

const isKept = (name: string): boolean =>
  /^x-amz-meta-[!#$%&'*+.^_`|~0-9a-z-]*$/.test(name) || SYSTEM_HEADERS.some((header) => header === name);

export function recordOf({ etag, headers }: ObjectAttributes, stats: BigIntStats): AttributeRecord {
  return { ...identityOf(stats), etag, headers };
}

/** Whether a record is that of this file; two microseconds are what a time loses on its way through seconds. */
export function isOfFile({ byteLength, modifiedUs }: AttributeRecord, stats: BigIntStats): boolean {
  const found = identityOf(stats);
  return found.byteLength === byteLength && Math.abs(found.modifiedUs - modifiedUs) < 2;
}

const identityOf = (stats: BigIntStats) => ({
  byteLength: stats.isDirectory() ? 0 : Number(stats.size),
  modifiedUs: Number(stats.mtimeNs / 1000n),
});

/** Attributes of a file that may come from anywhere; undefined where they are not whole. */
export function readAttributes(value: unknown): ObjectAttributes | undefined {
  if (!isRecord(value)) return undefined;
  const { etag, headers } = value;
  if (typeof etag !== "string" || !ETAG.test(etag) || !isRecord(headers)) return undefined;
  const kept: Record<string, string> = {};
  for (const [name, text] of Object.entries(headers)) {
    if (!isKept(name) || typeof text !== "string" || !VALUE.test(text)) return undefined;
    kept[name] = text;
  }
  return { etag, headers: kept };
}
