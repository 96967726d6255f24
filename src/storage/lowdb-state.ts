import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import type { ClientToken } from "../domain/client-token.ts";
import type { Datastore } from "../domain/datastore.ts";
import type { ImageSet } from "../domain/image-set.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { Log } from "../domain/log.ts";
import type { Change, State, StateChange } from "../domain/state.ts";
import { isMissing, JsonFile } from "./atomic-file.ts";
import { DocumentWriter } from "./document-writer.ts";
import type { Kept } from "./kept-documents.ts";
import { MemoryState } from "./memory-state.ts";

const MAX_CONCURRENT_READS = 64;
/** What is kept of a data store that was dropped, until its folder is gone: one write says that all of it is void. */
const DROPPED = { isDropped: true } as const;

/**
 * The state as JSON documents below a folder, one a resource:
 * `datastores/<id>/datastore.json`, `.../import-jobs/<id>.json`, `.../image-sets/<id>/image-set.json`.
 * Reads come from memory; writes go to memory at once and to the document's file behind it.
 */
export class LowdbState implements State {
  readonly #memory = new MemoryState((changes) => this.#keep(changes));
  readonly #root: string;
  readonly #log: Log;
  readonly #writer: DocumentWriter;
  readonly #limit = pLimit(MAX_CONCURRENT_READS);
  readonly #dropped: string[] = [];

  private constructor(root: string, log: Log) {
    this.#root = root;
    this.#log = log;
    this.#writer = new DocumentWriter((path, error) => log.error(`cannot write ${path}`, error));
  }

  /** Of a folder that holds these documents and no others: nothing is read. */
  static begin(root: string, log: Log, documents: readonly Kept[] = []): LowdbState {
    const state = new LowdbState(root, log);
    state.#memory.load(documents);
    return state;
  }

  /** Reads every document below `root`, which may be empty. */
  static async open(root: string, log: Log): Promise<LowdbState> {
    const state = new LowdbState(root, log);
    await state.#load();
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

  durable(): Promise<void> {
    return this.#writer.settled();
  }

  /** How many documents could not be written, so far. */
  get unwritten(): number {
    return this.#writer.unwritten;
  }

  /** Data stores that had been dropped before the folder was opened, files and all. */
  get dropped(): readonly string[] {
    return this.#dropped;
  }

  /** Keeps no change any more. */
  seal(): void {
    this.#writer.stop();
  }

  /** The other files of a dropped data store go with its folder, which is left to whoever dropped it. */
  #keep(changes: readonly Change[]): void {
    const dropped = new Set<string>();
    for (const { kind, document, isDropped } of changes)
      if (kind === "datastores" && isDropped) dropped.add(document.datastoreId);
    for (const change of changes) {
      const path = join(this.#root, pathOf(change));
      if (!dropped.has(change.document.datastoreId))
        this.#writer.put(path, change.isDropped ? null : change.document);
      else if (change.kind === "datastores") this.#writer.put(path, DROPPED);
    }
  }

  async #load(): Promise<void> {
    const datastores = join(this.#root, "datastores");
    await Promise.all((await list(datastores)).map((id) => this.#loadDatastore(datastores, id)));
  }

  async #loadDatastore(datastores: string, id: string): Promise<void> {
    const folder = join(datastores, id);
    const [[datastore], importJobs, imageSets, clientTokens] = await Promise.all([
      this.#read<Datastore | typeof DROPPED>([join(folder, "datastore.json")]),
      this.#readFolder<ImportJob>(join(folder, "import-jobs")),
      this.#readFolder<ImageSet>(join(folder, "image-sets"), "image-set.json"),
      this.#readFolder<ClientToken>(join(folder, "client-tokens")),
    ]);
    if (datastore === undefined) return;
    if ("isDropped" in datastore) return void this.#dropped.push(id);
    this.#memory.datastores.load(datastore);
    for (const job of importJobs.toSorted((a, b) => a.submittedAt - b.submittedAt))
      this.#memory.importJobs.load(job);
    for (const set of imageSets.toSorted((a, b) => a.createdAt - b.createdAt))
      this.#memory.imageSets.load(set);
    for (const token of clientTokens) this.#memory.clientTokens.load(token);
  }

  /** The documents of a folder, or the one of that name in each folder of it. */
  async #readFolder<T>(folder: string, name?: string): Promise<T[]> {
    const names = await list(folder);
    if (name !== undefined) return this.#read(names.map((id) => join(folder, id, name)));
    return this.#read(names.filter((file) => file.endsWith(".json")).map((file) => join(folder, file)));
  }

  async #read<T>(paths: readonly string[]): Promise<T[]> {
    const documents = await Promise.all(paths.map((path) => this.#limit(() => this.#readDocument<T>(path))));
    return documents.filter((document) => document !== null);
  }

  /** A damaged document is set aside; that of a data store hides what is in it until it is mended. */
  async #readDocument<T>(path: string): Promise<T | null> {
    try {
      return await new JsonFile<T>(path).read();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      await rename(path, `${path}.damaged`);
      this.#log.warn(`${path} is no JSON: set aside as ${path}.damaged`);
      return null;
    }
  }
}

export function pathOf({ kind, document }: Kept): string {
  const folder = `datastores/${document.datastoreId}`;
  switch (kind) {
    case "datastores":
      return `${folder}/datastore.json`;
    case "importJobs":
      return `${folder}/import-jobs/${document.jobId}.json`;
    case "imageSets":
      return `${folder}/image-sets/${document.imageSetId}/image-set.json`;
    case "clientTokens":
      return `${folder}/client-tokens/${document.tokenId}.json`;
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith("."));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
