import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Datastore } from "../../domain/datastores/datastore.ts";
import type { Log } from "../../domain/log.ts";
import { isMissing } from "../files/errno-messages.ts";
import { linkedFolder } from "../files/own-folders.ts";
import { isDropped, type DROPPED } from "./document-paths.ts";
import { faultOf, kindName } from "./document-shapes.ts";
import { idOf, type DocumentOf, type StoredDocument, type Kind } from "./stored-documents.ts";
import { NotAFile, readRegularTextSync } from "../files/regular-file.ts";

/** Reads the documents of a data store's folder. A damaged document is renamed; the others are read. */
export class DocumentReader {
  readonly #datastoreId: string;
  readonly #log: Log;

  constructor(datastoreId: string, log: Log) {
    this.#datastoreId = datastoreId;
    this.#log = log;
  }

  /** A damaged document hides the data store's content until it is repaired: each start logs it. */
  readDatastore(path: string): Datastore | typeof DROPPED | undefined {
    const hidden = `data store ${this.#datastoreId} and its contents are hidden until a valid datastore.json exists`;
    const wasDamaged = existsSync(`${path}.damaged`);
    const document: Datastore | typeof DROPPED | undefined = this.#read(
      "datastores",
      path,
      this.#datastoreId,
      `; ${hidden}`,
    );
    if (document === undefined && wasDamaged) this.#log.warn(`found only ${path}.damaged: ${hidden}`);
    return document;
  }

  /** Documents that are files of a folder. */
  readFiles<K extends Kind>(kind: K, folder: string): DocumentOf<K>[] {
    const names = listFolder(folder).filter((name) => name.endsWith(".json"));
    return names.flatMap(
      (name) => this.#read(kind, join(folder, name), name.slice(0, -".json".length)) ?? [],
    );
  }

  /** Documents with a folder of that name each. */
  readFolders<K extends Kind>(kind: K, folder: string, name: string): DocumentOf<K>[] {
    return listFolders(folder).flatMap((id) => this.#read(kind, `${folder}/${id}/${name}`, id) ?? []);
  }

  #faultOf(kind: Kind, document: unknown, id: string): string | undefined {
    const fault = faultOf(kind, document);
    if (fault !== undefined) return fault;
    const stored = { kind, document } as StoredDocument;
    const isIts = idOf(stored) === id && stored.document.datastoreId === this.#datastoreId;
    return isIts ? undefined : `is the ${kindName(kind)} ${idOf(stored)} and has the file name of another`;
  }

  #read<K extends Kind>(kind: K, path: string, id: string, hides = ""): DocumentOf<K> | undefined {
    let fault: string | undefined;
    try {
      const document: unknown = JSON.parse(readRegularTextSync(path));
      fault = kind === "datastores" && isDropped(document) ? undefined : this.#faultOf(kind, document, id);
      if (fault === undefined) return document as DocumentOf<K>;
    } catch (error) {
      if (isMissing(error)) return undefined;
      fault = unreadable(error);
      if (fault === undefined) throw error;
    }
    renameSync(path, `${path}.damaged`);
    this.#log.warn(`${path} ${fault}: renamed to ${path}.damaged${hides}`);
    return undefined;
  }
}

/** Only if the fault is the file's, not the disk's. */
function unreadable(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return "is not JSON";
  return error instanceof NotAFile ? error.what : undefined;
}

/** The names in a folder except hidden ones; none if the folder does not exist. */
const listFolder = (folder: string): string[] =>
  emptyIfMissing(() => readdirSync(folder).filter((name) => !name.startsWith(".")));

/** As `listFolder`, for a folder of folders. @throws FolderError if one is a link */
export function listFolders(folder: string): string[] {
  const entries = emptyIfMissing(() => readdirSync(folder, { withFileTypes: true }));
  const shown = entries.filter(({ name }) => !name.startsWith("."));
  const link = shown.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw linkedFolder(join(folder, link.name));
  return shown.map(({ name }) => name);
}

function emptyIfMissing<T>(list: () => T[]): T[] {
  try {
    return list();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
