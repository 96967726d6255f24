import { statSync } from "node:fs";
import { areMountedApart } from "../files/mounts.ts";
import { SnapshotError } from "./snapshot-error.ts";

/**
 * Snapshots are restored by copies, which a mount allows, but saved and removed by renames.
 * @param root the folder of snapshots; a missing one is created when it is needed
 * @throws SnapshotError if it is a separate mount
 */
export function refuseMountedSnapshots(root: string, spoolFolder: string): void {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  if (!areMountedApart(spoolFolder, root)) return;
  throw new SnapshotError(
    "SnapshotConflict",
    `${root} is a separate mount: its snapshots can be restored and exported, but snapshots cannot be saved, imported or removed. Mount the whole data folder instead`,
  );
}
