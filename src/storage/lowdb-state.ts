import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import type { Datastore } from "../domain/datastore.ts";
import type { ImageSet } from "../domain/image-set.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { Log } from "../domain/log.ts";
import type { State, StateChange } from "../domain/state.ts";
import { isMissing, JsonFile } from "./atomic-file.ts";
import { DocumentWriter } from "./document-writer.ts";
import { MemoryState, type Change } from "./memory-state.ts";

const MAX_CONCURRENT_READS = 64;

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

  private constructor(root: string, log: Log) {
    this.#root = root;
    this.#log = log;
    this.#writer = new DocumentWriter((path, error) => log.error(`cannot write ${path}`, error));
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

  update<Result>(change: (documents: StateChange) => Result): Result {
    return this.#memory.update(change);
  }

  durable(): Promise<void> {
    return this.#writer.settled();
  }

  /** How many documents could not be written, so far. */
  get unwritten(): number {
    return this.#writer.unwritten;
  }

  #keep(changes: readonly Change[]): void {
    for (const change of changes) this.#writer.put(join(this.#root, pathOf(change)), change.document);
  }

  async #load(): Promise<void> {
    const datastores = join(this.#root, "datastores");
    const loaded = await Promise.all(
      (await list(datastores)).map((id) => this.#loadDatastore(join(datastores, id))),
    );
    for (const { datastore, importJobs, imageSets } of loaded) {
      if (datastore === undefined) continue;
      this.#memory.datastores.load(datastore);
      for (const job of importJobs) this.#memory.importJobs.load(job);
      for (const imageSet of imageSets) this.#memory.imageSets.load(imageSet);
    }
  }

  async #loadDatastore(folder: string): Promise<{
    datastore: Datastore | undefined;
    importJobs: ImportJob[];
    imageSets: ImageSet[];
  }> {
    const jobs = (await list(join(folder, "import-jobs"))).filter((name) => name.endsWith(".json"));
    const sets = await list(join(folder, "image-sets"));
    const [datastores, importJobs, imageSets] = await Promise.all([
      this.#read<Datastore>([join(folder, "datastore.json")]),
      this.#read<ImportJob>(jobs.map((name) => join(folder, "import-jobs", name))),
      this.#read<ImageSet>(sets.map((id) => join(folder, "image-sets", id, "image-set.json"))),
    ]);
    importJobs.sort((a, b) => a.submittedAt - b.submittedAt);
    imageSets.sort((a, b) => a.createdAt - b.createdAt);
    return { datastore: datastores[0], importJobs, imageSets };
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

function pathOf({ kind, document }: Change): string {
  const folder = `datastores/${document.datastoreId}`;
  switch (kind) {
    case "datastores":
      return `${folder}/datastore.json`;
    case "importJobs":
      return `${folder}/import-jobs/${document.jobId}.json`;
    case "imageSets":
      return `${folder}/image-sets/${document.imageSetId}/image-set.json`;
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
