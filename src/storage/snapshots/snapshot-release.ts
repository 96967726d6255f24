import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LATEST_RELEASE, type ServiceRelease } from "../../api/releases/service-release.ts";
import type { StoredDocument } from "../documents/stored-documents.ts";
import { writeNewFile } from "../files/new-file.ts";
import { DOCUMENTS, writeDocuments } from "./snapshot-documents.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { filling } from "./snapshot-file.ts";
import { MANIFEST } from "./snapshot-manifest.ts";

/**
 * @param what the snapshot, as the subject of the message
 * @throws SnapshotError if it was saved with another release than the served one
 */
export function requireSameRelease(what: string, found: ServiceRelease, served: ServiceRelease): void {
  if (found === served) return;
  const convert =
    served === LATEST_RELEASE
      ? ", or keep it in a data folder of that release and run healthimaging-local convert --data DIR, which converts the folder and its snapshots"
      : "";
  throw new SnapshotError(
    "SnapshotConflict",
    `${what} was saved with service release ${found}, and ${served} is served: start an emulator with --service-release ${found}${convert}`,
  );
}

/**
 * Replaces the documents and the manifest of a snapshot, each by one rename. The manifest names the release and is
 * replaced last: a process that is killed leaves a snapshot of the old release or of the new one.
 * @param temp a folder on the same file system, which this makes and deletes
 */
export async function replaceContents(
  path: string,
  temp: string,
  documents: readonly StoredDocument[],
  manifest: string,
): Promise<void> {
  await filling(temp, async () => {
    await writeDocuments(temp, documents);
    await writeNewFile(join(temp, MANIFEST), manifest);
    for (const file of [DOCUMENTS, MANIFEST]) await rename(join(temp, file), join(path, file));
  });
  await rm(temp, { recursive: true });
}
