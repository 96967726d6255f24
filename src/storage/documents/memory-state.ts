import type { ClientToken } from "../../domain/client-token.ts";
import type { Datastore } from "../../domain/datastores/datastore.ts";
import type { ImageSet } from "../../domain/image-sets/image-set.ts";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { Change, Follower, State, StateChange, WritableDocuments } from "../../domain/state.ts";
import type { StoredDocument } from "./stored-documents.ts";

/** The state in memory. `keep` receives each change, to store it on disk. */
export class MemoryState implements State {
  readonly #undo: (() => void)[] = [];
  readonly #changes = new Map<string, Change>();
  readonly #watchers = new Set<(changes: readonly Change[]) => void>();
  readonly datastores = new Collection<Datastore>(
    ({ datastoreId }) => datastoreId,
    (undo, change) => this.#record(undo, { kind: "datastores", ...change }, change.document.datastoreId),
  );
  readonly importJobs = new Collection<ImportJob>(
    ({ jobId }) => jobId,
    (undo, change) => this.#record(undo, { kind: "importJobs", ...change }, change.document.jobId),
  );
  readonly imageSets = new Collection<ImageSet>(
    ({ imageSetId }) => imageSetId,
    (undo, change) => this.#record(undo, { kind: "imageSets", ...change }, change.document.imageSetId),
  );
  readonly clientTokens = new Collection<ClientToken>(
    ({ tokenId }) => tokenId,
    (undo, change) => this.#record(undo, { kind: "clientTokens", ...change }, change.document.tokenId),
  );
  readonly #keep: (changes: readonly Change[]) => void;
  #isUpdating = false;

  constructor(keep: (changes: readonly Change[]) => void = () => {}) {
    this.#keep = keep;
  }

  update<Result>(change: (documents: StateChange) => Result): Result {
    if (this.#isUpdating) return change(this);
    this.#isUpdating = true;
    let changes: readonly Change[] = [];
    let result: Result;
    try {
      result = change(this);
      changes = [...this.#changes.values()];
      if (changes.length > 0) this.#keep(changes);
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#isUpdating = false;
      this.#undo.length = 0;
      this.#changes.clear();
    }
    if (changes.length > 0) for (const watcher of this.#watchers) watcher(changes);
    return result;
  }

  watch(watcher: (changes: readonly Change[]) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  async durable(): Promise<void> {}

  /** Adds documents that are already stored. */
  load(documents: readonly StoredDocument[]): void {
    for (const { kind, document } of documents) {
      if (kind === "datastores") this.datastores.load(document);
      else if (kind === "importJobs") this.importJobs.load(document);
      else if (kind === "imageSets") this.imageSets.load(document);
      else this.clientTokens.load(document);
    }
  }

  #record(undo: () => void, change: Change, id: string): void {
    this.#undo.push(undo);
    const key = `${change.kind}/${id}`;
    const before = this.#changes.get(key);
    // One update produces one change of a document, relative to the state before the update.
    this.#changes.set(
      key,
      before === undefined ? change : ({ ...change, previous: before.previous } as Change),
    );
  }
}

type Recorder<T> = (
  undo: () => void,
  change: { readonly document: T; readonly previous: T | undefined; readonly isDropped: boolean },
) => void;

/** Documents by id, and by data store in the order in which they were added. */
class Collection<T extends { readonly datastoreId: string }> implements WritableDocuments<T> {
  readonly #byId = new Map<string, T>();
  readonly #idsByDatastore = new Map<string, Set<string>>();
  readonly #followers: Follower<T>[] = [];
  readonly #idOf: (document: T) => string;
  readonly #record: Recorder<T>;

  constructor(idOf: (document: T) => string, record: Recorder<T>) {
    this.#idOf = idOf;
    this.#record = record;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  values(): Iterable<T> {
    return this.#byId.values();
  }

  *inDatastore(datastoreId: string): Iterable<T> {
    for (const id of this.#idsByDatastore.get(datastoreId) ?? []) {
      const document = this.#byId.get(id);
      if (document !== undefined) yield document;
    }
  }

  follow(follower: Follower<T>): void {
    this.#followers.push(follower);
  }

  put(document: T): void {
    const id = this.#idOf(document);
    const previous = this.#byId.get(id);
    this.#record(() => (previous === undefined ? this.#unload(document) : this.load(previous)), {
      document,
      previous,
      isDropped: false,
    });
    this.load(document);
  }

  drop(id: string): void {
    const document = this.#byId.get(id);
    if (document === undefined) return;
    this.#record(() => this.load(document), { document, previous: document, isDropped: true });
    this.#unload(document);
  }

  /** Adds a document that is already stored. */
  load(document: T): void {
    const id = this.#idOf(document);
    this.#byId.set(id, document);
    const ids = this.#idsByDatastore.get(document.datastoreId);
    if (ids === undefined) this.#idsByDatastore.set(document.datastoreId, new Set([id]));
    else ids.add(id);
    for (const follower of this.#followers) follower.put(document);
  }

  #unload(document: T): void {
    const id = this.#idOf(document);
    this.#byId.delete(id);
    const ids = this.#idsByDatastore.get(document.datastoreId);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsByDatastore.delete(document.datastoreId);
    for (const follower of this.#followers) follower.drop(document);
  }
}
