import { type Dirent, readdirSync } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isAbsence } from "./errors.ts";
import { isWithin, undefinedIfAbsent } from "./key-paths.ts";
import { compareKeys, isAside, isTooLong } from "./keys.ts";

/** Which keys a walk is to visit. */
export interface Span {
  readonly prefix: string;
  /** Only keys behind this one. */
  readonly after: string;
  /** No keys that start with this, if it is not empty; may be moved on while the walk goes. */
  skip: string;
}

interface Folder {
  readonly root: string;
  /** Empty for the bucket itself, else it ends in `/`. */
  readonly key: string;
  readonly path: string;
  /** The real paths of this folder and those above it: a link back to one of them is a circle. */
  readonly trail: readonly string[];
}

interface Entry {
  /** A folder's ends in `/`. */
  readonly key: string;
  /** The real path of a folder; undefined for a file. */
  readonly folder: string | undefined;
}

/**
 * The keys of a bucket in the order of their UTF-8 bytes. A folder's keys lie together where its
 * name with `/` sorts (`a-b`, `a/b`, `a0`), so one folder at a time has to be read and sorted.
 * @param root the bucket's folder, a real path
 */
export const walkKeys = (root: string, span: Span): AsyncGenerator<string> =>
  walk({ root, key: "", path: root, trail: [root] }, span);

async function* walk(folder: Folder, span: Span): AsyncGenerator<string> {
  const names = await readNames(folder.path);
  if (names?.length === 0 && folder.key !== "") {
    if (admitsFile(folder.key, span)) yield folder.key;
    return;
  }
  for (const { key, folder: path } of await entriesOf(folder, names ?? [], span)) {
    if (isSkipped(key, span)) continue;
    if (path === undefined) yield key;
    else yield* walk({ root: folder.root, key, path, trail: [...folder.trail, path] }, span);
  }
}

async function readNames(path: string): Promise<Dirent[] | undefined> {
  try {
    const names = await readdir(path, { withFileTypes: true });
    // Writing makes a folder and fills it in one turn: a look in a turn of its own never falls
    // between the two, and so takes no new folder for an empty one.
    return names.length === 0 ? readdirSync(path, { withFileTypes: true }) : names;
  } catch (error) {
    return undefinedIfAbsent(error); // It was removed meanwhile.
  }
}

async function entriesOf(folder: Folder, names: Dirent[], span: Span): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const name of names) {
    if (!mayReach(folder.key + name.name, span)) continue;
    const entry = await entryOf(folder, name);
    if (entry === undefined || isTooLong(entry.key)) continue;
    if (entry.folder === undefined ? admitsFile(entry.key, span) : admitsFolder(entry.key, span))
      entries.push(entry);
  }
  return entries.sort((a, b) => compareKeys(a.key, b.key));
}

async function entryOf(folder: Folder, name: Dirent): Promise<Entry | undefined> {
  const key = folder.key + name.name;
  if (folder.key === "" && isAside(name.name)) return undefined;
  if (name.isFile()) return { key, folder: undefined };
  const path = join(folder.path, name.name);
  if (name.isDirectory()) return { key: `${key}/`, folder: path };
  if (name.isFIFO() || name.isSocket() || name.isBlockDevice() || name.isCharacterDevice()) return undefined;
  return linkedEntry(folder, key, path);
}

/** Links count as what they lead to, as long as that is in the bucket and no circle. */
async function linkedEntry(folder: Folder, key: string, link: string): Promise<Entry | undefined> {
  try {
    const path = await realpath(link);
    if (!isWithin(folder.root, path)) return undefined;
    const stats = await stat(path);
    if (stats.isFile()) return { key, folder: undefined };
    const isCircle = folder.trail.some((above) => isWithin(path, above));
    return stats.isDirectory() && !isCircle ? { key: `${key}/`, folder: path } : undefined;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

const mayReach = (key: string, { prefix }: Span): boolean => key.startsWith(prefix) || prefix.startsWith(key);

const admitsFile = (key: string, span: Span): boolean =>
  key.startsWith(span.prefix) && compareKeys(key, span.after) > 0 && !isSkipped(key, span);

const admitsFolder = (key: string, span: Span): boolean =>
  mayReach(key, span) && (span.after.startsWith(key) || compareKeys(key, span.after) > 0);

const isSkipped = (key: string, { skip }: Span): boolean => skip !== "" && key.startsWith(skip);
