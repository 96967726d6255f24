import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathOf } from "../documents/document-paths.ts";
import { inOrder } from "../documents/document-shapes.ts";
import { blobKeysOf, type StoredDocument } from "../documents/stored-documents.ts";
import { writeNewFile } from "../files/new-file.ts";
import { shareFiles } from "../files/share-file.ts";
import type { GenerationContent } from "../generation.ts";
import { filling } from "./snapshot-file.ts";

/** Copies from the snapshot's folder into that of a future generation. */
export type Carry = (from: string, to: string) => Promise<void>;

interface Staging {
  /** The folder of a complete snapshot. */
  readonly from: string;
  /** Made by this; deleted again if it fails. */
  readonly folder: string;
  readonly documents: readonly StoredDocument[];
  /** Whether documents are also stored on disk. */
  readonly isOnDisk: boolean;
  readonly carry: Carry;
}

/** Makes the folder of a generation that equals a snapshot; the snapshot does not change. */
export function stageContent({
  from,
  folder,
  documents,
  isOnDisk,
  carry,
}: Staging): Promise<GenerationContent> {
  return filling(folder, async () => {
    await shareFiles(from, folder, new Set(documents.flatMap(blobKeysOf)));
    if (isOnDisk) await writeEach(folder, documents);
    await carry(from, folder);
    return { folder, documents };
  });
}

async function writeEach(folder: string, documents: readonly StoredDocument[]): Promise<void> {
  for (const stored of documents) {
    const path = join(folder, pathOf(stored));
    await mkdir(dirname(path), { recursive: true });
    await writeNewFile(path, `${JSON.stringify(inOrder(stored), null, 2)}\n`);
  }
}
