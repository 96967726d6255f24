import { LAST_TIME } from "../../domain/time/clock.ts";
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { ObjectSummary } from "../../domain/objects.ts";

export interface ObjectInfo extends ObjectSummary {
  readonly fault?: undefined;
  readonly modifiedMs: number;
  /** Including its quotes. */
  readonly etag: string;
}

/** Milliseconds since 1970, of the years 1 to 9999: clients in some languages cannot parse others. */
const MIN_TIME = -62_135_596_800_000;

export const isObjectTime = (time: number): boolean => time >= MIN_TIME && time <= LAST_TIME;

/** A file may have any time: one outside the range is reported as the nearest in it. */
export const objectInfoOf = (key: string, stats: BigIntStats): ObjectInfo => ({
  key,
  byteLength: stats.isDirectory() ? 0 : Number(stats.size),
  modifiedMs: Math.min(Math.max(Number(stats.mtimeMs), MIN_TIME), LAST_TIME),
  etag: etagOf(stats),
});

/**
 * Derived from the file's size, time and inode, not from its bytes: an MD5 would require reading every copied
 * file before it can be listed. The suffix `-1` is that of a multipart upload's ETag, which clients never
 * take for the object's MD5.
 */
export function etagOf(stats: BigIntStats): string {
  const size = stats.isDirectory() ? 0n : stats.size;
  const identity = `${size}:${stats.mtimeNs}:${stats.ino}`;
  return `"${createHash("md5").update(identity).digest("hex")}-1"`;
}
