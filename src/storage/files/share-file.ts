import { link, lstat, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { isMissing } from "./errno-messages.ts";
import { copyToNewFile } from "./new-file.ts";
import { OwnFolders } from "./own-folders.ts";

const MAX_AT_ONCE = 32;

/**
 * Links files into another folder, without copying their bytes if the file system supports it. For files that
 * are only replaced or removed, never changed in place.
 * @param paths below both folders
 * @returns missing files
 * @throws FolderError if a source folder is a link
 */
export async function shareFiles(from: string, to: string, paths: Iterable<string>): Promise<string[]> {
  const limit = pLimit(MAX_AT_ONCE);
  const sources = new OwnFolders(from);
  const folders = new Map<string, Promise<unknown>>();
  const share = async (path: string): Promise<string[]> => {
    sources.require(dirname(join(from, path)));
    const target = join(to, path);
    const folder = dirname(target);
    const made = folders.get(folder) ?? mkdir(folder, { recursive: true });
    folders.set(folder, made);
    await made;
    return (await shareFile(join(from, path), target)) ? [] : [path];
  };
  const missing = await Promise.all([...paths].map((path) => limit(() => share(path))));
  return missing.flat();
}

/** @returns whether the file existed */
async function shareFile(path: string, target: string): Promise<boolean> {
  try {
    await link(path, target).catch(async (error: unknown) => {
      if (isMissing(error) || !(await isFile(path))) throw error;
      // Another file system, one without links, or one with too many links.
      await copyToNewFile(path, target);
    });
    return true;
  } catch (error) {
    if (isMissing(error) || !(await isFile(path))) return false;
    throw error;
  }
}

const isFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
