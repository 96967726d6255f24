import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { isRecord, tryParseJson } from "../../api/json.ts";
import type { Log } from "../../domain/log.ts";
import { filesBelow, type Files } from "../files/atomic-file.ts";
import { isMissing } from "../files/errno-messages.ts";
import { OwnFolders } from "../files/own-folders.ts";
import type { Content } from "./commit.ts";
import { isDropped, kindAt, pathOf } from "./document-paths.ts";
import { faultOf } from "./document-shapes.ts";
import type { StoredDocument } from "./stored-documents.ts";
import { NotAFile, readRegularFile } from "../files/regular-file.ts";

/** The folder of records during a commit: beside the data stores, and removed with them. */
const FOLDER = "datastores/.commits";

/** The changes of one commit, by path: once the record is written, the commit is durable. */
interface CommitRecord {
  readonly documents: Readonly<Record<string, Content>>;
}

export const recordPath = (root: string, number: number): string =>
  join(root, FOLDER, `${String(number).padStart(9, "0")}.json`);

export const writeRecord = (documents: ReadonlyMap<string, Content>): string =>
  `${JSON.stringify({ documents: Object.fromEntries(documents) } satisfies CommitRecord)}\n`;

/**
 * Completes commits that a killed process had begun, which may be repeated any number of times. The records
 * share no paths: if two commits would, the second begins after the first is complete.
 */
export async function finishCommits(root: string, log: Log, files: Files = filesBelow(root)): Promise<void> {
  new OwnFolders(root).require(join(root, FOLDER));
  for (const name of await namesIn(join(root, FOLDER))) {
    const path = join(root, FOLDER, name);
    const documents = readRecord(root, await readText(path));
    if (documents === undefined) {
      await rename(path, `${path}.damaged`);
      log.warn(`${path} is not a record of changes: renamed to ${path}.damaged`);
      continue;
    }
    for (const [place, content] of documents) {
      if (content === null) await files.remove(place);
      else await files.write(place, `${JSON.stringify(content, null, 2)}\n`);
    }
    await files.remove(path);
  }
}

/** Undefined if the file does not exist. */
async function readText(path: string): Promise<string> {
  try {
    return (await readRegularFile(path)).toString();
  } catch (error) {
    if (error instanceof NotAFile) return "";
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => /^\d+\.json$/.test(name)).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Where each document goes; undefined for what this program has not written. */
function readRecord(root: string, text: string): [path: string, content: Content][] | undefined {
  const record = tryParseJson(text);
  if (!isRecord(record) || !isRecord(record["documents"])) return undefined;
  const entries = Object.entries(record["documents"]);
  if (!entries.every(([place, content]) => belongsTo(place, content))) return undefined;
  return entries.map(([place, content]) => [join(root, place), content as Content]);
}

/** Whether a document, or its removal, may be what is written to a path. */
function belongsTo(place: string, content: unknown): boolean {
  const kind = kindAt(place);
  if (kind === undefined) return false;
  if (content === null || (kind === "datastores" && isDropped(content))) return true;
  return (
    faultOf(kind, content) === undefined && pathOf({ kind, document: content } as StoredDocument) === place
  );
}
