import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { isRecord, tryParseJson } from "../../api/json.ts";
import { latestVersion } from "../../domain/image-sets/image-set.ts";
import { byteLengthOf, type BlobChecksum, type StoredBlob } from "../../domain/blobs.ts";
import { isMissing } from "../files/errno-messages.ts";
import { writeNewFile } from "../files/new-file.ts";
import { OwnFolders } from "../files/own-folders.ts";
import { blobsOf, idOf, type StoredDocument } from "../documents/stored-documents.ts";
import { readLines } from "./read-lines.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { faultOf, inOrder, isKind } from "../documents/document-shapes.ts";

/** One document a line. */
export const DOCUMENTS = "documents.jsonl";
const MAX_AT_ONCE = 64;

export async function writeDocuments(folder: string, documents: readonly StoredDocument[]): Promise<void> {
  await writeNewFile(join(folder, DOCUMENTS), linesOf(documents));
}

function* linesOf(documents: readonly StoredDocument[]): Generator<string> {
  for (const stored of documents)
    yield `${JSON.stringify({ kind: stored.kind, document: inOrder(stored) })}\n`;
}

/**
 * Reads the documents of an untrusted snapshot, and checks that they are consistent and that what they refer
 * to exists.
 * @throws SnapshotError
 */
export async function readDocuments(folder: string): Promise<StoredDocument[]> {
  const documents: StoredDocument[] = [];
  try {
    for await (const line of readLines(join(folder, DOCUMENTS)))
      documents.push(readDocument(line, `${DOCUMENTS}:${documents.length + 1}`));
  } catch (error) {
    throw isMissing(error) ? new SnapshotError("InvalidSnapshot", `it has no ${DOCUMENTS}`) : error;
  }
  checkReferences(documents);
  await checkBlobs(folder, documents);
  return documents;
}

/** @param where the line, for the message */
function readDocument(line: string, where: string): StoredDocument {
  const value = tryParseJson(line);
  const kind = isRecord(value) ? value["kind"] : undefined;
  if (!isRecord(value) || !isKind(kind))
    throw new SnapshotError("InvalidSnapshot", `${where} is not a document`);
  const { document } = value;
  const fault = faultOf(kind, document);
  if (fault !== undefined) throw new SnapshotError("InvalidSnapshot", `${where} ${fault}`);
  return { kind, document } as StoredDocument;
}

function checkReferences(documents: readonly StoredDocument[]): void {
  const seen = new Set<string>();
  const datastoreIds = new Set(
    documents.flatMap(({ kind, document }) => (kind === "datastores" ? document.datastoreId : [])),
  );
  for (const stored of documents) {
    const name = `${stored.kind}/${idOf(stored)}`;
    if (seen.has(name)) throw new SnapshotError("InvalidSnapshot", `${name} appears twice`);
    seen.add(name);
    const { datastoreId } = stored.document;
    if (!datastoreIds.has(datastoreId))
      throw new SnapshotError(
        "InvalidSnapshot",
        `${name} is in data store ${datastoreId}, which does not exist`,
      );
  }
}

/**
 * Blobs of a LOCKED image set may not be written yet. Only lengths are compared here: bytes are checked when
 * they come from elsewhere, and at the first read.
 * @throws SnapshotError if a referenced blob is missing, or has another length
 */
export async function checkBlobs(folder: string, documents: readonly StoredDocument[]): Promise<void> {
  const limit = pLimit(MAX_AT_ONCE);
  const whole = documents.filter(
    ({ kind, document }) => kind === "imageSets" && latestVersion(document).imageSetState === "ACTIVE",
  );
  const folders = new OwnFolders(folder);
  const check = async ({ key, checksum, imageSetId }: StoredBlob): Promise<void> => {
    const name = `${key} of image set ${imageSetId}`;
    folders.require(dirname(join(folder, key)));
    const stats = await lstat(join(folder, key)).catch((cause: unknown) => {
      throw new SnapshotError("InvalidSnapshot", `${name} is missing`, { cause });
    });
    if (!stats.isFile()) throw new SnapshotError("InvalidSnapshot", `${name} is not a file`);
    const expected = checksum === undefined ? stats.size : byteLengthOf(checksum);
    if (stats.size !== expected)
      throw new SnapshotError(
        "InvalidSnapshot",
        `${name} is damaged: it has ${stats.size} bytes, expected ${expected}`,
      );
  };
  const blobs = new Map(whole.flatMap(blobsOf).map((blob) => [blob.key, blob]));
  await Promise.all([...blobs.values()].map((blob) => limit(() => check(blob))));
}

/**
 * @param found the checksums of all received files
 * @throws SnapshotError if a blob differs from its document
 */
export function checkChecksums(
  documents: readonly StoredDocument[],
  found: ReadonlyMap<string, BlobChecksum>,
): void {
  for (const { key, checksum } of documents.flatMap(blobsOf)) {
    const came = found.get(key);
    if (checksum === undefined || came === undefined || came === checksum) continue;
    throw new SnapshotError(
      "InvalidSnapshot",
      `${key} is damaged: its length and CRC-32 are ${came}, expected ${checksum}`,
    );
  }
}
