import { type Dirent, readdirSync, type Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../api/error-code.ts";
import { reasonOf } from "../../storage/files/errno-messages.ts";
import { isAbsence, isDenial } from "./s3-error.ts";
import { isWithin } from "./key-paths.ts";
import { compareKeys, isUnfinishedUpload, isTooLong } from "./object-keys.ts";

/** Which keys a walk visits. */
export interface KeySpan {
  readonly prefix: string;
  /** Only keys after this one. */
  readonly after: string;
  /** Skips keys that start with this, if it is not empty; it may change during the walk. */
  skip: string;
}

/** How a walk treats links, and paths that no key can have. */
export interface WalkPolicy {
  /** In a bucket, names of unfinished uploads are not keys. */
  readonly isBucket: boolean;
  /**
   * Whether links within the root count. Otherwise they are left out: their targets are visited by their own
   * names, and each file is visited once.
   */
  readonly countsLinks: boolean;
  /** A link to a file outside the root is that file. Links to folders outside are never entered. */
  readonly followsLinks: boolean;
  /** Called for what is left out. */
  readonly onRefused: (refusal: Refusal) => void;
}

export interface Refusal {
  /** A folder's key ends in `/`; the root's is empty. */
  readonly key: string;
  /** In words. */
  readonly reason: string;
  /**
   * The system's error for an existing path; undefined if nothing exists there, or no key can have the path.
   */
  readonly error?: unknown;
}

export type Unreadable = Pick<Refusal, "key" | "reason">;

interface Folder {
  readonly root: string;
  readonly policy: WalkPolicy;
  /** Empty for the bucket itself, else it ends in `/`. */
  readonly key: string;
  readonly path: string;
  /** The real paths of this folder and its parents: a link to one of them is a loop. */
  readonly trail: readonly string[];
  /** Whether it was reached through a link to a folder. */
  readonly isLinked: boolean;
}

interface Entry {
  /** A folder's key ends in `/`. */
  readonly key: string;
  /** The real path of a folder; undefined for a file. */
  readonly folder: string | undefined;
  readonly isLinked?: boolean;
}

/**
 * The keys of a folder in the order of their UTF-8 bytes. A folder's keys are together where its name with
 * `/` sorts (`a-b`, `a/b`, `a0`), so only one folder at a time is read and sorted. A key passes at most one
 * link to a folder: folders that link to each other have as many paths as there are orders of them, and a
 * page of a listing does not know the pages before it.
 * @param root the folder, a real path
 */
export const walkKeys = (root: string, span: KeySpan, policy: WalkPolicy): AsyncGenerator<string> =>
  walk({ root, policy, key: "", path: root, trail: [root], isLinked: false }, span);

/**
 * The keys of a bucket.
 * @param root the bucket's folder, a real path
 * @param onUnreadable called for what this user may not read, which is left out
 * @throws the system's error if the bucket itself may not be read, or the system fails
 */
export const walkBucket = (
  root: string,
  span: KeySpan,
  onUnreadable: (unreadable: Unreadable) => void,
): AsyncGenerator<string> =>
  walkKeys(root, span, {
    isBucket: true,
    countsLinks: true,
    followsLinks: false,
    onRefused: ({ key, reason, error }) => {
      if (error === undefined) return;
      if (key === "" || !isDenial(error)) throw error;
      onUnreadable({ key, reason });
    },
  });

async function* walk(folder: Folder, span: KeySpan): AsyncGenerator<string> {
  const names = await readNames(folder);
  if (names?.length === 0 && folder.key !== "") {
    if (admitsFile(folder.key, span)) yield folder.key;
    return;
  }
  for (const { key, folder: path, isLinked = folder.isLinked } of await entriesOf(
    folder,
    names ?? [],
    span,
  )) {
    if (isSkipped(key, span)) continue;
    if (path === undefined) yield key;
    else yield* walk({ ...folder, key, path, trail: [...folder.trail, path], isLinked }, span);
  }
}

async function readNames({ path, key, policy }: Folder): Promise<Dirent[] | undefined> {
  try {
    const names = await readdir(path, { withFileTypes: true });
    // A write creates a folder and fills it in one turn. This check has a turn of its own, so it never sees a
    // new folder as an empty one.
    return names.length === 0 ? readdirSync(path, { withFileTypes: true }) : names;
  } catch (error) {
    // Otherwise it was removed meanwhile.
    if (!isAbsence(error)) policy.onRefused({ key, reason: reasonUnread("folder", error), error });
    return undefined;
  }
}

async function entriesOf(folder: Folder, names: Dirent[], span: KeySpan): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const name of names) {
    if (!mayReach(folder.key + name.name, span)) continue;
    const entry = await entryOf(folder, name);
    if (entry === undefined) continue;
    if (isTooLong(entry.key)) {
      folder.policy.onRefused({ key: entry.key, reason: TOO_LONG });
      continue;
    }
    if (entry.folder === undefined ? admitsFile(entry.key, span) : admitsFolder(entry.key, span))
      entries.push(entry);
  }
  return entries.sort((a, b) => compareKeys(a.key, b.key));
}

async function entryOf(folder: Folder, name: Dirent): Promise<Entry | undefined> {
  const key = folder.key + name.name;
  if (folder.policy.isBucket && folder.key === "" && isUnfinishedUpload(name.name)) return undefined;
  if (name.isFile()) return { key, folder: undefined };
  const path = join(folder.path, name.name);
  if (name.isDirectory()) return { key: `${key}/`, folder: path };
  if (name.isFIFO() || name.isSocket() || name.isBlockDevice() || name.isCharacterDevice()) {
    folder.policy.onRefused({ key, reason: NOT_A_FILE });
    return undefined;
  }
  return linkedEntry(folder, key, path);
}

const TOO_LONG = "its path cannot be an object key: it has more than 1024 bytes";
const NOT_A_FILE = "it is neither a file nor a folder";
const FOLDER_OUTSIDE = "the link leads to a folder outside: such links are not followed";
const FILE_OUTSIDE = "the link leads to a file outside: --follow-links (followLinks: true) imports it";

/** With the system's code: EACCES, ENOENT; for ELOOP an explanation too. */
export function reasonUnread(kind: "file" | "folder", error: unknown): string {
  const code = errorCode(error);
  const words = code === "ELOOP" ? `: ${reasonOf(error)}` : "";
  return `the ${kind} cannot be read${words}${code === "" ? "" : ` (${code})`}`;
}

/** Links count as their targets, if those are below the root and not a loop. */
async function linkedEntry(folder: Folder, key: string, link: string): Promise<Entry | undefined> {
  const { root, policy } = folder;
  const refuse = (reason: string, error?: unknown): undefined => {
    policy.onRefused({ key, reason, error });
  };
  try {
    const path = await realpath(link);
    const stats = await stat(path);
    if (stats.isDirectory()) {
      if (!isWithin(root, path)) return refuse(FOLDER_OUTSIDE);
      const isEntered = policy.countsLinks && !folder.isLinked && !(await isLoop(folder, path, stats));
      return isEntered ? { key: `${key}/`, folder: path, isLinked: true } : undefined;
    }
    if (!stats.isFile()) return refuse(NOT_A_FILE);
    const isCounted = isWithin(root, path) ? policy.countsLinks : policy.followsLinks;
    if (isCounted) return { key, folder: undefined };
    return isWithin(root, path) ? undefined : refuse(FILE_OUTSIDE);
  } catch (error) {
    return refuse(reasonUnread("file", error), isAbsence(error) ? undefined : error);
  }
}

/** Whether a folder is already on the walk's path, by its path or, however it was reached, by its inode. */
async function isLoop({ trail }: Folder, path: string, { dev, ino }: Stats): Promise<boolean> {
  if (trail.some((above) => isWithin(path, above))) return true;
  for (const above of trail) {
    const stats = await stat(above);
    if (stats.dev === dev && stats.ino === ino) return true;
  }
  return false;
}

const mayReach = (key: string, { prefix }: KeySpan): boolean =>
  key.startsWith(prefix) || prefix.startsWith(key);

const admitsFile = (key: string, span: KeySpan): boolean =>
  key.startsWith(span.prefix) && compareKeys(key, span.after) > 0 && !isSkipped(key, span);

const admitsFolder = (key: string, span: KeySpan): boolean =>
  mayReach(key, span) && (span.after.startsWith(key) || compareKeys(key, span.after) > 0);

const isSkipped = (key: string, { skip }: KeySpan): boolean => skip !== "" && key.startsWith(skip);
