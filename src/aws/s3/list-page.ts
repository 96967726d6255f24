import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isAbsence, isDenial } from "./s3-error.ts";
import { compareKeys } from "./object-keys.ts";
import { objectInfoOf, type ObjectInfo } from "./object-info.ts";
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
 * @param onUnreadable called for what this user may not read, which is left out
 */
export async function listPage(
  root: string,
  query: ListQuery,
  onUnreadable: OnUnreadable,
): Promise<ListPage> {
  const { keys, commonPrefixes, next } = await collect(root, query, onUnreadable);
  const objects = await Promise.all(keys.map((key) => infoIfPresent(root, key, onUnreadable)));
  return { objects: objects.filter((info) => info !== undefined), commonPrefixes, next };
}

/**
 * A listed object as it is now; undefined if it was deleted since, or if its folder can be listed but not
 * entered.
 */
export async function infoIfPresent(
  root: string,
  key: string,
  onUnreadable: OnUnreadable,
): Promise<ObjectInfo | undefined> {
  try {
    return objectInfoOf(key, await stat(join(root, key), { bigint: true }));
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
