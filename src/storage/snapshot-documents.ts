import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { latestVersion } from "../domain/image-set.ts";
import { isMissing } from "./atomic-file.ts";
import { blobKeysOf, idOf, type Kept } from "./kept-documents.ts";
import { readLines } from "./read-lines.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { faultOf, inOrder, isKind, isObject } from "./document-shapes.ts";

/** One document a line. */
export const DOCUMENTS = "documents.jsonl";
const MAX_AT_ONCE = 64;

export async function writeDocuments(folder: string, documents: readonly Kept[]): Promise<void> {
  await writeFile(join(folder, DOCUMENTS), linesOf(documents));
}

function* linesOf(documents: readonly Kept[]): Generator<string> {
  for (const kept of documents) yield `${JSON.stringify({ kind: kept.kind, document: inOrder(kept) })}\n`;
}

/**
 * Reads the documents of a snapshot, and makes sure that they go together and that what they refer to
 * is there: a file may come from anywhere.
 * @throws SnapshotError
 */
export async function readDocuments(folder: string): Promise<Kept[]> {
  const documents: Kept[] = [];
  try {
    for await (const line of readLines(join(folder, DOCUMENTS)))
      documents.push(readKept(line, `${DOCUMENTS}:${documents.length + 1}`));
  } catch (error) {
    throw isMissing(error) ? new SnapshotError("INVALID", `it has no ${DOCUMENTS}`) : error;
  }
  checkReferences(documents);
  await checkBlobs(folder, documents);
  return documents;
}

/** @param where the line is, for the message */
function readKept(line: string, where: string): Kept {
  const value = parse(line);
  const kind = isObject(value) ? value["kind"] : undefined;
  if (!isObject(value) || !isKind(kind)) throw new SnapshotError("INVALID", `${where} is no document`);
  const { document } = value;
  const fault = faultOf(kind, document);
  if (fault !== undefined) throw new SnapshotError("INVALID", `${where} ${fault}`);
  return { kind, document } as Kept;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function checkReferences(documents: readonly Kept[]): void {
  const seen = new Set<string>();
  const datastoreIds = new Set(
    documents.flatMap(({ kind, document }) => (kind === "datastores" ? document.datastoreId : [])),
  );
  for (const kept of documents) {
    const name = `${kept.kind}/${idOf(kept)}`;
    if (seen.has(name)) throw new SnapshotError("INVALID", `${name} is there twice`);
    seen.add(name);
    const { datastoreId } = kept.document;
    if (!datastoreIds.has(datastoreId))
      throw new SnapshotError("INVALID", `${name} is in data store ${datastoreId}, which is not there`);
  }
}

/**
 * Of an image set that is LOCKED some may not be written yet.
 * @throws SnapshotError where something that a document refers to is not in the folder
 */
export async function checkBlobs(folder: string, documents: readonly Kept[]): Promise<void> {
  const limit = pLimit(MAX_AT_ONCE);
  const whole = documents.filter(
    ({ kind, document }) => kind === "imageSets" && latestVersion(document).imageSetState === "ACTIVE",
  );
  const check = async (key: string): Promise<void> => {
    const stats = await stat(join(folder, key)).catch((cause: unknown) => {
      throw new SnapshotError("INVALID", `${key} is missing`, { cause });
    });
    if (!stats.isFile()) throw new SnapshotError("INVALID", `${key} is no file`);
  };
  await Promise.all([...new Set(whole.flatMap(blobKeysOf))].map((key) => limit(() => check(key))));
}
