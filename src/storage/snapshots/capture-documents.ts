import { mkdir, rm } from "node:fs/promises";
import { withoutLatest } from "../../domain/image-sets/image-set-transitions.ts";
import { blobKeysOf, documentsOf, type StoredDocument } from "../documents/stored-documents.ts";
import { shareFiles } from "../files/share-file.ts";
import type { Generation } from "../generation.ts";
import { SnapshotError } from "./snapshot-error.ts";

const MAX_ATTEMPTS = 10;

/**
 * Captures the documents of one moment, and links the blobs that they refer to. A deletion may remove a blob
 * before it is linked: the documents are then captured again, and no longer refer to it.
 * @param folder new; it contains the blobs afterwards, and is emptied before each further attempt
 * @param current the served generation; it changes if a reset comes in between
 * @throws SnapshotError if too much changes
 */
export async function captureDocuments(folder: string, current: () => Generation): Promise<StoredDocument[]> {
  let gone = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const generation = current();
    const documents = documentsOf(generation.state).map(asSaved);
    const keys = new Set(documents.flatMap(blobKeysOf));
    const missing = await shareFiles(generation.folder, folder, keys);
    const isSettled = generation === current() && missing.every((key) => gone.has(key));
    if (isSettled) return documents;
    if (attempt === MAX_ATTEMPTS)
      throw new SnapshotError(
        "SnapshotConflict",
        "too many changes during the save of the snapshot: try again",
      );
    gone = new Set(missing);
    await rm(folder, { recursive: true });
    await mkdir(folder);
  }
}

/** A running job's work is not committed: it starts again, and its merges have not begun. */
function asSaved(stored: StoredDocument): StoredDocument {
  if (stored.kind === "importJobs" && stored.document.jobStatus === "IN_PROGRESS")
    return { kind: "importJobs", document: { ...stored.document, jobStatus: "SUBMITTED", startedAt: null } };
  if (stored.kind === "imageSets" && stored.document.pending?.kind === "import")
    return { kind: "imageSets", document: withoutLatest(stored.document) };
  return stored;
}
