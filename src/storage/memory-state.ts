import type { ClientToken } from "../domain/client-token.ts";
import type { Datastore } from "../domain/datastore.ts";
import type { ImageSet } from "../domain/image-set.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { Follower, State, StateChange, WritableDocuments } from "../domain/state.ts";

/** A document that a change has put, and where it belongs. */
export type Change =
  | { readonly kind: "datastores"; readonly document: Datastore }
  | { readonly kind: "importJobs"; readonly document: ImportJob }
  | { readonly kind: "imageSets"; readonly document: ImageSet }
  | { readonly kind: "clientTokens"; readonly document: ClientToken };

/** The state in memory. What keeps it on disk is told of each change through `keep`. */
export class MemoryState implements State {
  readonly #undo: (() => void)[] = [];
  readonly #changes = new Map<string, Change>();
  readonly datastores = new Collection<Datastore>(
    ({ datastoreId }) => datastoreId,
    (undo, document) => this.#record(undo, { kind: "datastores", document }, document.datastoreId),
  );
  readonly importJobs = new Collection<ImportJob>(
    ({ jobId }) => jobId,
    (undo, document) => this.#record(undo, { kind: "importJobs", document }, document.jobId),
  );
  readonly imageSets = new Collection<ImageSet>(
    ({ imageSetId }) => imageSetId,
    (undo, document) => this.#record(undo, { kind: "imageSets", document }, document.imageSetId),
  );
  readonly clientTokens = new Collection<ClientToken>(
    ({ tokenId }) => tokenId,
    (undo, document) => this.#record(undo, { kind: "clientTokens", document }, document.tokenId),
  );
  readonly #keep: (changes: readonly Change[]) => void;

  constructor(keep: (changes: readonly Change[]) => void = () => {}) {
    this.#keep = keep;
  }

  update<Result>(change: (documents: StateChange) => Result): Result {
    try {
      const result = change(this);
      if (this.#changes.size > 0) this.#keep([...this.#changes.values()]);
      return result;
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#undo.length = 0;
      this.#changes.clear();
    }
  }

  async durable(): Promise<void> {}

  #record(undo: () => void, change: Change, id: string): void {
    this.#undo.push(undo);
    this.#changes.set(`${change.kind}/${id}`, change);
  }
}

/** Documents by id, and by data store in the order in which they came. */
class Collection<T extends { readonly datastoreId: string }> implements WritableDocuments<T> {
  readonly #byId = new Map<string, T>();
  readonly #idsByDatastore = new Map<string, Set<string>>();
  readonly #followers: Follower<T>[] = [];
  readonly #idOf: (document: T) => string;
  readonly #record: (undo: () => void, document: T) => void;

  constructor(idOf: (document: T) => string, record: (undo: () => void, document: T) => void) {
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
    this.#record(() => (previous === undefined ? this.#drop(document) : this.load(previous)), document);
    this.load(document);
  }

  /** Puts a document that is kept already. */
  load(document: T): void {
    const id = this.#idOf(document);
    this.#byId.set(id, document);
    const ids = this.#idsByDatastore.get(document.datastoreId);
    if (ids === undefined) this.#idsByDatastore.set(document.datastoreId, new Set([id]));
    else ids.add(id);
    for (const follower of this.#followers) follower.put(document);
  }

  #drop(document: T): void {
    const id = this.#idOf(document);
    this.#byId.delete(id);
    this.#idsByDatastore.get(document.datastoreId)?.delete(id);
    for (const follower of this.#followers) follower.drop(document);
  }
}
