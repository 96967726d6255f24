import { join } from "node:path";
import type { Log } from "../../domain/log.ts";
import type { Change, State, StateChange } from "../../domain/state.ts";
import { ServiceError } from "../../api/errors.ts";
import type { Files } from "../files/atomic-file.ts";
import { finishCommits } from "./commit-records.ts";
import { DROPPED, pathOf } from "./document-paths.ts";
import { DocumentReader, listFolders } from "./document-reader.ts";
import { inOrder } from "./document-shapes.ts";
import { DocumentWriter } from "./document-writer.ts";
import type { StoredDocument } from "./stored-documents.ts";
import { OwnFolders } from "../files/own-folders.ts";
import { MemoryState } from "./memory-state.ts";
import { reasonOf } from "../files/errno-messages.ts";

/** The folders of a data store. */
const FOLDERS = ["import-jobs", "image-sets", "client-tokens", "frames"];

const KEPT = "changes stay in memory until they can be written";

/**
 * The state as JSON documents below a folder, one for each resource: `datastores/<id>/datastore.json`,
 * `.../import-jobs/<id>.json`, `.../image-sets/<id>/image-set.json`. Reads come from memory; writes change
 * memory at once, and the document's file in the background.
 */
export class FileState implements State {
  readonly #memory = new MemoryState((changes) => this.#keep(changes));
  readonly #root: string;
  readonly #log: Log;
  readonly #writer: DocumentWriter;
  readonly #dropped: string[] = [];

  private constructor(root: string, log: Log, files?: Files) {
    this.#root = root;
    this.#log = log;
    this.#writer = new DocumentWriter({
      root,
      ...(files === undefined ? {} : { files }),
      onFailure: (path, error) => log.error(`cannot write ${path}: ${reasonOf(error)}; ${KEPT}`),
      onRecovery: () => log.warn("all changes are written"),
    });
  }

  /** For a folder with exactly these documents: nothing is read. */
  static begin(root: string, log: Log, documents: readonly StoredDocument[] = []): FileState {
    const state = new FileState(root, log);
    state.#memory.load(documents);
    return state;
  }

  /** Reads every document below `root`, which may be empty. @throws FolderError if a folder is a link */
  static async open(root: string, log: Log, files?: Files): Promise<FileState> {
    await finishCommits(root, log, files);
    const state = new FileState(root, log, files);
    state.#load();
    return state;
  }

  get datastores(): State["datastores"] {
    return this.#memory.datastores;
  }

  get importJobs(): State["importJobs"] {
    return this.#memory.importJobs;
  }

  get imageSets(): State["imageSets"] {
    return this.#memory.imageSets;
  }

  get clientTokens(): State["clientTokens"] {
    return this.#memory.clientTokens;
  }

  update<Result>(change: (documents: StateChange) => Result): Result {
    return this.#memory.update(change);
  }

  watch(watcher: (changes: readonly Change[]) => void): () => void {
    return this.#memory.watch(watcher);
  }

  /**
   * @throws ServiceError InternalServerException: the change is in memory and is stored as soon as possible
   */
  async durable(): Promise<void> {
    try {
      await this.#writer.settled();
    } catch (cause) {
      const hint = `the data folder is not writable: ${reasonOf(cause)}`;
      throw new ServiceError("InternalServerException", "The change could not be stored", { cause, hint });
    }
  }

  /** How many documents could not be written, so far. */
  get unwritten(): number {
    return this.#writer.unwritten;
  }

  /** Data stores that were dropped before the folder was opened, and still have files. */
  get dropped(): readonly string[] {
    return this.#dropped;
  }

  /** Stops storing changes. */
  seal(): void {
    this.#writer.stop();
  }

  /** The other files of a dropped data store are deleted with its folder, by the code that dropped it. */
  #keep(changes: readonly Change[]): void {
    const dropped = new Set<string>();
    for (const { kind, document, isDropped } of changes)
      if (kind === "datastores" && isDropped) dropped.add(document.datastoreId);
    const documents = new Map<string, object | null>();
    for (const change of changes) {
      if (!dropped.has(change.document.datastoreId))
        documents.set(pathOf(change), change.isDropped ? null : inOrder(change));
      else if (change.kind === "datastores") documents.set(pathOf(change), DROPPED);
    }
    this.#writer.put(documents);
  }

  /** Synchronous: nothing is served before it has ended, and it takes half the time. */
  #load(): void {
    const datastores = join(this.#root, "datastores");
    const folders = new OwnFolders(this.#root);
    folders.require(datastores);
    for (const id of listFolders(datastores)) {
      for (const name of FOLDERS) folders.require(join(datastores, id, name));
      this.#loadDatastore(join(datastores, id), id);
    }
  }

  #loadDatastore(folder: string, id: string): void {
    const documents = new DocumentReader(id, this.#log);
    const datastore = documents.readDatastore(join(folder, "datastore.json"));
    if (datastore === undefined) return;
    if ("isDropped" in datastore) return void this.#dropped.push(id);
    const jobs = documents.readFiles("importJobs", join(folder, "import-jobs"));
    const imageSets = documents.readFolders("imageSets", join(folder, "image-sets"), "image-set.json");
    const tokens = documents.readFiles("clientTokens", join(folder, "client-tokens"));
    this.#memory.datastores.load(datastore);
    for (const job of jobs.sort((a, b) => a.submittedAt - b.submittedAt)) this.#memory.importJobs.load(job);
    for (const set of imageSets.sort((a, b) => a.createdAt - b.createdAt)) this.#memory.imageSets.load(set);
    for (const token of tokens) this.#memory.clientTokens.load(token);
  }
}
