import { LAST_TIME } from "../../domain/time/clock.ts";
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { ObjectSummary } from "../../domain/objects.ts";
import type { ObjectAttributes } from "./metadata/object-attributes.ts";

/** An object as its file says. */
export interface ObjectFile extends ObjectSummary {
  readonly fault?: undefined;
  readonly modifiedMs: number;
}

export interface ObjectInfo extends ObjectFile {
  /** Including its quotes. */
  readonly etag: string;
  /** Left out where nothing is kept of the file: it was copied in by hand, or an import job wrote it. */
  readonly attributes?: ObjectAttributes;
  /** What `etag` is before the MD5 of a file that was copied in is known: lists from then have it. */
  readonly fileTag: () => string;
}

/** Receives what a write or a delete is about to replace, and throws to prevent it. */
export type Permit = (current: ObjectInfo | undefined) => void;

/** Milliseconds since 1970, of the years 1 to 9999: clients in some languages cannot parse others. */
const MIN_TIME = -62_135_596_800_000;

export const isObjectTime = (time: number): boolean => time >= MIN_TIME && time <= LAST_TIME;

/** The MD5 of no bytes. */
const NO_BYTES_ETAG = "d41d8cd98f00b204e9800998ecf8427e";

export const objectFileOf = (key: string, stats: BigIntStats): ObjectFile => ({
  key,
  byteLength: sizeOf(stats),
  modifiedMs: timeOf(stats),
});

export const objectInfoOf = (
  key: string,
  stats: BigIntStats,
  attributes: ObjectAttributes | undefined,
): ObjectInfo => {
  const info = {
    key,
    byteLength: sizeOf(stats),
    modifiedMs: timeOf(stats),
    etag: attributes === undefined ? etagOfFile(stats) : `"${attributes.etag}"`,
    fileTag: () => fileTagOf(stats),
  };
  return attributes === undefined ? info : { ...info, attributes };
};

/** Whether it is the MD5 of the object, or a multipart upload's. */
export const isEtagKnown = ({ attributes, byteLength }: ObjectInfo): boolean =>
  attributes !== undefined || byteLength === 0;

const etagOfFile = (stats: BigIntStats): string =>
  sizeOf(stats) === 0 ? `"${NO_BYTES_ETAG}"` : fileTagOf(stats);

/**
 * Derived from the file's size, time and inode, not from its bytes: an MD5 would require reading every copied
 * file before it can be listed. The suffix `-1` is that of a multipart upload's ETag, which clients never
 * take for the object's MD5.
 */
function fileTagOf(stats: BigIntStats): string {
  const identity = `${sizeOf(stats)}:${stats.mtimeNs}:${stats.ino}`;
  return `"${createHash("md5").update(identity).digest("hex")}-1"`;
}

/** A file may have any time: one outside the range is reported as the nearest in it. */
const timeOf = ({ mtimeMs }: BigIntStats): number => Math.min(Math.max(Number(mtimeMs), MIN_TIME), LAST_TIME);

const sizeOf = (stats: BigIntStats): number => (stats.isDirectory() ? 0 : Number(stats.size));
