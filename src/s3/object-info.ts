import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { ObjectSummary } from "../domain/objects.ts";

export interface ObjectInfo extends ObjectSummary {
  readonly modifiedMs: number;
  /** With its quotes. */
  readonly etag: string;
}

export const describe = (key: string, stats: BigIntStats): ObjectInfo => ({
  key,
  byteLength: stats.isDirectory() ? 0 : Number(stats.size),
  modifiedMs: Number(stats.mtimeMs),
  etag: etagOf(stats),
});

/**
 * Derived from the file's size, time and inode, not from its bytes: an MD5 would have to read every
 * file that a user copied in before it could be listed. The `-1` is the form of a multipart
 * upload's ETag, which no client takes for the MD5 of the object.
 */
export function etagOf(stats: BigIntStats): string {
  const size = stats.isDirectory() ? 0n : stats.size;
  const identity = `${size}:${stats.mtimeNs}:${stats.ino}`;
  return `"${createHash("md5").update(identity).digest("hex")}-1"`;
}
