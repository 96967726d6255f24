import type { ClientToken } from "./client-token.ts";
import type { Datastore } from "./datastores/datastore.ts";
import type { ImageSet } from "./image-sets/image-set.ts";
import type { ImportJob } from "./import-jobs/import-job.ts";

/** Documents of one kind. They are values: a change replaces a document by a new one. */
export interface Documents<T> {
  get(id: string): T | undefined;
  /** In the order in which they were added. */
  values(): Iterable<T>;
  /** Those of one data store, in the same order. */
  inDatastore(datastoreId: string): Iterable<T>;
  /** From now on, notifies of each document that is put or dropped, synchronously. */
  follow(follower: Follower<T>): void;
}

/** Is notified of changed documents, such as an index of them. */
export interface Follower<T> {
  /** The new document; if a failed change is rolled back, the previous one. */
  put(document: T): void;
  /** A removed document, or one that a failed change had added. */
  drop(document: T): void;
}

export interface WritableDocuments<T> extends Documents<T> {
  put(document: T): void;
  /** Removes a document; a missing one is not an error. After a rollback it is last in the order. */
  drop(id: string): void;
}

/** What an update did to one document. */
export type Change =
  | ChangeOf<"datastores", Datastore>
  | ChangeOf<"importJobs", ImportJob>
  | ChangeOf<"imageSets", ImageSet>
  | ChangeOf<"clientTokens", ClientToken>;

interface ChangeOf<Kind, T> {
  readonly kind: Kind;
  /** The document now, or when it was dropped. */
  readonly document: T;
  /** The document before the update; undefined if there was none. */
  readonly previous: T | undefined;
  readonly isDropped: boolean;
}

/** Everything that is stored as JSON: a port of the domain, implemented by the storage. */
export interface State {
  readonly datastores: Documents<Datastore>;
  readonly importJobs: Documents<ImportJob>;
  readonly imageSets: Documents<ImageSet>;
  readonly clientTokens: Documents<ClientToken>;
  /**
   * Changes documents, all or none: if `change` throws, nothing has changed. It is synchronous, so no other
   * request comes between its reads and writes. An update within an update is part of it.
   */
  update<Result>(change: (documents: StateChange) => Result): Result;
  /**
   * From now on, notifies of each successful update after it is complete.
   * @returns unsubscribes the watcher
   */
  watch(watcher: (changes: readonly Change[]) => void): () => void;
  /** Resolves once all changes so far are stored; rejects if one could not be. */
  durable(): Promise<void>;
}

export interface StateChange {
  readonly datastores: WritableDocuments<Datastore>;
  readonly importJobs: WritableDocuments<ImportJob>;
  readonly imageSets: WritableDocuments<ImageSet>;
  readonly clientTokens: WritableDocuments<ClientToken>;
}
