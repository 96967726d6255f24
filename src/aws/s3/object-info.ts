import { LAST_TIME } from "../../domain/time/clock.ts";
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { ObjectSummary } from "../../domain/objects.ts";

export interface ObjectInfo extends ObjectSummary {
  readonly fault?: undefined;
  readonly modifiedMs: number;
  /** With its quotes. */
  readonly etag: string;
}

/** Milliseconds since 1970, of the years 1 to 9999: no client of every language reads another. */
const MIN_TIME = -62_135_596_800_000;

export const isObjectTime = (time: number): boolean => time >= MIN_TIME && time <= LAST_TIME;

/** A file may have been given any time: one beyond those is told as the nearest. */
export const objectInfoOf = (key: string, stats: BigIntStats): ObjectInfo => ({
  key,
  byteLength: stats.isDirectory() ? 0 : Number(stats.size),
  modifiedMs: Math.min(Math.max(Number(stats.mtimeMs), MIN_TIME), LAST_TIME),
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
