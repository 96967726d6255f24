import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Contains files before they become blobs, and incomplete snapshots and generations. */
export const spoolOf = (folder: string): string => join(folder, ".spool");

/** Files that a killed process left there are orphaned. */
export async function emptySpool(folder: string): Promise<void> {
  await rm(spoolOf(folder), { recursive: true, force: true });
  await mkdir(spoolOf(folder));
}
