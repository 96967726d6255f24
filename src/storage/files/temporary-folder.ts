import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folders of this process: one listener for all, since Node.js warns of more than ten. */
const folders = new Set<string>();

export interface TemporaryFolder {
  readonly folder: string;
  /** At once, with its content. */
  readonly remove: () => void;
}

/** Creates a folder that is deleted at the end of the process at the latest. */
export function openTemporaryFolder(): TemporaryFolder {
  const folder = mkdtempSync(join(tmpdir(), "healthimaging-local-"));
  if (folders.size === 0) process.once("exit", removeAll);
  folders.add(folder);
  return { folder, remove: () => remove(folder) };
}

function remove(folder: string): void {
  folders.delete(folder);
  if (folders.size === 0) process.off("exit", removeAll);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function removeAll(): void {
  for (const folder of folders) remove(folder);
}
