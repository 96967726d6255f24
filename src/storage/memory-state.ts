import type { ClientToken } from "../domain/client-token.ts";
import type { Datastore } from "../domain/datastore.ts";
import type { ImageSet } from "../domain/image-set.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { Follower, State, StateChange, WritableDocuments } from "../domain/state.ts";

/** A document and where it belongs. */
type Placed =
  | { readonly kind: "datastores"; readonly document: Datastore }
  | { readonly kind: "importJobs"; readonly document: ImportJob }
  | { readonly kind: "imageSets"; readonly document: ImageSet }
  | { readonly kind: "clientTokens"; readonly document: ClientToken };

/** A document that a change has put, or dropped. */
export type Change = Placed & { readonly isDropped: boolean };

/** The state in memory. What keeps it on disk is told of each change through `keep`. */
export class MemoryState implements State {
  readonly #undo: (() => void)[] = [];
  readonly #changes = new Map<string, Change>();
  readonly datastores = new Collection<Datastore>(
    ({ datastoreId }) => datastoreId,
    (step, document) => this.#record(step, { kind: "datastores", document }, document.datastoreId),
  );
  readonly importJobs = new Collection<ImportJob>(
    ({ jobId }) => jobId,
    (step, document) => this.#record(step, { kind: "importJobs", document }, document.jobId),
  );
  readonly imageSets = new Collection<ImageSet>(
    ({ imageSetId }) => imageSetId,
    (step, document) => this.#record(step, { kind: "imageSets", document }, document.imageSetId),
  );
  readonly clientTokens = new Collection<ClientToken>(
    ({ tokenId }) => tokenId,
    (step, document) => this.#record(step, { kind: "clientTokens", document }, document.tokenId),
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

  #record({ undo, isDropped }: Step, placed: Placed, id: string): void {
    this.#undo.push(undo);
    this.#changes.set(`${placed.kind}/${id}`, { ...placed, isDropped });
  }
}

/** What a change does to one document, and how to take it back. */
interface Step {
  readonly undo: () => void;
  readonly isDropped: boolean;
}

/** Documents by id, and by data store in the order in which they came. */
class Collection<T extends { readonly datastoreId: string }> implements WritableDocuments<T> {
  readonly #byId = new Map<string, T>();
  readonly #idsByDatastore = new Map<string, Set<string>>();
  readonly #followers: Follower<T>[] = [];
  readonly #idOf: (document: T) => string;
  readonly #record: (step: Step, document: T) => void;

  constructor(idOf: (document: T) => string, record: (step: Step, document: T) => void) {
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
    const undo = (): void => (previous === undefined ? this.#unload(document) : this.load(previous));
    this.#record({ undo, isDropped: false }, document);
    this.load(document);
  }

  drop(id: string): void {
    const document = this.#byId.get(id);
    if (document === undefined) return;
    this.#record({ undo: () => this.load(document), isDropped: true }, document);
    this.#unload(document);
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

  #unload(document: T): void {
    const id = this.#idOf(document);
    this.#byId.delete(id);
    const ids = this.#idsByDatastore.get(document.datastoreId);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsByDatastore.delete(document.datastoreId);
    for (const follower of this.#followers) follower.drop(document);
  }
}
