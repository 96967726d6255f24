import type { ClientToken } from "./client-token.ts";
import type { Datastore } from "./datastores/datastore.ts";
import type { ImageSet } from "./image-sets/image-set.ts";
import type { ImportJob } from "./import-jobs/import-job.ts";

/** Documents of one kind. They are values: a change puts a new one in the old one's place. */
export interface Documents<T> {
  get(id: string): T | undefined;
  /** In the order in which they were first put. */
  values(): Iterable<T>;
  /** Those of one data store, in the same order. */
  inDatastore(datastoreId: string): Iterable<T>;
  /** From now on, tells of each document that is put or dropped, at once. */
  follow(follower: Follower<T>): void;
}

/** Is told of changed documents, such as an index of them. */
export interface Follower<T> {
  /** A document as it is now; if a failed change is rolled back, as it was before. */
  put(document: T): void;
  /** A document that is gone, or that a failed change had put first. */
  drop(document: T): void;
}

export interface WritableDocuments<T> extends Documents<T> {
  put(document: T): void;
  /** Removes a document; a missing one is not an error. Rolled back, it comes last in the order. */
  drop(id: string): void;
}

/** What an update did to one document, as it is known and kept. */
export type Change =
  | ChangeOf<"datastores", Datastore>
  | ChangeOf<"importJobs", ImportJob>
  | ChangeOf<"imageSets", ImageSet>
  | ChangeOf<"clientTokens", ClientToken>;

interface ChangeOf<Kind, T> {
  readonly kind: Kind;
  /** As it now is, or was when it was dropped. */
  readonly document: T;
  /** As it was before the update; undefined where it was not there. */
  readonly previous: T | undefined;
  readonly isDropped: boolean;
}

/** Everything that is kept as JSON: the domain's port, implemented by the storage. */
export interface State {
  readonly datastores: Documents<Datastore>;
  readonly importJobs: Documents<ImportJob>;
  readonly imageSets: Documents<ImageSet>;
  readonly clientTokens: Documents<ClientToken>;
  /**
   * Changes documents, all or none: where `change` throws nothing has happened. It is synchronous,
   * so no other request comes between what it reads and what it writes. An update within an update is a
   * part of it.
   */
  update<Result>(change: (documents: StateChange) => Result): Result;
  /**
   * From now on, tells of what each update did, after it has been done: never of one that failed.
   * @returns how to hear no more of it
   */
  watch(watcher: (changes: readonly Change[]) => void): () => void;
  /** Resolves when every change made so far is kept; rejects where one could not be. */
  durable(): Promise<void>;
}

export interface StateChange {
  readonly datastores: WritableDocuments<Datastore>;
  readonly importJobs: WritableDocuments<ImportJob>;
  readonly imageSets: WritableDocuments<ImageSet>;
  readonly clientTokens: WritableDocuments<ClientToken>;
}
