import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./errno-messages.ts";

/**
 * Deletes a folder one file after the other, so that other reads and writes do not wait for it: folders
 * first, so that a file that describes them is deleted last. A link is deleted, its target stays.
 * @param signal stops the deletion
 */
export async function removeFolder(path: string, signal: AbortSignal): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory()) await removeContents(path, signal);
    else await rm(path, { force: true });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** @param folder not a link */
async function removeContents(folder: string, signal: AbortSignal): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()))) {
    if (signal.aborted) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeContents(path, signal);
    else await rm(path, { force: true });
  }
  if (!signal.aborted) await rmdir(folder);
}
