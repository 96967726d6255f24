import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isAbsence, isDenial } from "./s3-error.ts";
import { compareKeys } from "./object-keys.ts";
import type { ObjectInfo } from "./object-info.ts";
import { reasonUnread, type Unreadable, walkBucket } from "./walk.ts";

export interface ListQuery {
  readonly prefix: string;
  /** Keys with this delimiter after the prefix are rolled up into common prefixes; empty for none. */
  readonly delimiter: string;
  /** Keys and common prefixes up to and including this one are left out. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface ListPage {
  readonly objects: readonly ObjectInfo[];
  readonly commonPrefixes: readonly string[];
  /** The key or common prefix after which to continue; undefined on the last page. */
  readonly next: string | undefined;
}

type OnUnreadable = (unreadable: Unreadable) => void;

/**
 * Assumed: common-prefix-after. A common prefix is listed only if it sorts after `after` itself, even if keys
 * in it do; so `after` alone says where a page ended.
 * @param root the bucket's folder, a real path
 * @param infoOf makes a listed object of its file
 * @param onUnreadable called for what this user may not read, which is left out
 */
export async function listPage(
  root: string,
  query: ListQuery,
  infoOf: (key: string, stats: BigIntStats) => ObjectInfo,
  onUnreadable: OnUnreadable,
): Promise<ListPage> {
  const { keys, commonPrefixes, next } = await collect(root, query, onUnreadable);
  const files = await Promise.all(
    keys.map(async (key) => ({ key, stats: await statIfReadable(root, key, onUnreadable) })),
  );
  // In the order of their keys, a folder after the other: so are the attributes read.
  const objects = files.flatMap(({ key, stats }) => (stats === undefined ? [] : [infoOf(key, stats)]));
  return { objects, commonPrefixes, next };
}

/**
 * The file of a listed object as it is now; undefined if it was deleted since, or if its folder can be listed but
 * not entered.
 */
export async function statIfReadable(
  root: string,
  key: string,
  onUnreadable: OnUnreadable,
): Promise<BigIntStats | undefined> {
  try {
    return await stat(join(root, key), { bigint: true });
  } catch (error) {
    if (isDenial(error)) onUnreadable({ key, reason: reasonUnread("file", error) });
    else if (!isAbsence(error)) throw error;
    return undefined;
  }
}

async function collect(
  root: string,
  { prefix, delimiter, after, maxKeys }: ListQuery,
  onUnreadable: OnUnreadable,
) {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  const span = { prefix, after, skip: "" };
  let last: string | undefined;
  if (maxKeys === 0) return { keys, commonPrefixes, next: last };
  for await (const key of walkBucket(root, span, onUnreadable)) {
    const commonPrefix = rollUp(key, prefix, delimiter);
    if (commonPrefix !== undefined) {
      span.skip = commonPrefix;
      if (compareKeys(commonPrefix, after) <= 0) continue;
    }
    if (keys.length + commonPrefixes.length === maxKeys) return { keys, commonPrefixes, next: last };
    if (commonPrefix === undefined) keys.push(key);
    else commonPrefixes.push(commonPrefix);
    last = commonPrefix ?? key;
  }
  return { keys, commonPrefixes, next: undefined };
}

function rollUp(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}
