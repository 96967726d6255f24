import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import { checksumOf, type BlobChecksum, type Blobs } from "../domain/blobs.ts";
import { dicomTagsOf } from "../domain/image-sets/metadata/dicom-tags.ts";
import type { MetadataDocument } from "../domain/image-sets/metadata/metadata-document.ts";
import { concatChunks, encodeText, releaseText } from "./workers/import-memory.ts";

/** What a job changes in each document that it writes, of new image sets and of those that it adds to. */
export type DocumentChange = (document: MetadataDocument) => MetadataDocument;

/** A metadata document as text, and the attributes of it that searches find. */
export interface ComposedDocument {
  readonly chunks: readonly Uint8Array[];
  readonly dicomTags: DICOMTags;
}

/**
 * Writes a metadata document. Only a change parses its text, which would take long for a large one.
 * @returns what a version says of it
 */
export async function writeDocument(
  blobs: Blobs,
  key: string,
  { chunks, dicomTags }: ComposedDocument,
  change?: DocumentChange,
): Promise<{ readonly metadataChecksum: BlobChecksum; readonly dicomTags: DICOMTags }> {
  if (change === undefined) return { dicomTags, metadataChecksum: await writeJoined(blobs, key, chunks) };
  const text = concatChunks(chunks);
  const changed = change(
    JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.length).toString()) as MetadataDocument,
  );
  releaseText(text);
  const metadataChecksum = await writeJoined(blobs, key, [encodeText(JSON.stringify(changed))]);
  return { dicomTags: dicomTagsOf(changed), metadataChecksum };
}

/** Writes a blob without keeping it in memory. */
export async function writeJoined(
  blobs: Blobs,
  key: string,
  chunks: readonly Uint8Array[],
): Promise<BlobChecksum> {
  const joined = concatChunks(chunks);
  try {
    await blobs.write(key, joined);
    return checksumOf(joined);
  } finally {
    releaseText(joined);
  }
}

/** Members of the document that precede the instances. */
export function beginDocument(DatastoreID: string, ImageSetID: string): Buffer {
  const begun: Omit<MetadataDocument, "Patient" | "Study"> = {
    SchemaVersion: "1.1",
    DatastoreID,
    ImageSetID,
  };
  return Buffer.from(`${JSON.stringify(begun).slice(0, -1)},`);
}
