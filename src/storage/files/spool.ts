import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Of files on their way to be blobs, and of snapshots and generations that are not whole yet. */
export const spoolOf = (folder: string): string => join(folder, ".spool");

/** What a killed process left there belongs to nobody. */
export async function emptySpool(folder: string): Promise<void> {
  await rm(spoolOf(folder), { recursive: true, force: true });
  await mkdir(spoolOf(folder));
}
