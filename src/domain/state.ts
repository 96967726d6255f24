import type { ClientToken } from "./client-token.ts";
import type { Datastore } from "./datastore.ts";
import type { ImageSet } from "./image-set.ts";
import type { ImportJob } from "./import-job.ts";

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

/** What is told of documents: an index of them, for one. */
export interface Follower<T> {
  /** A document as it now is; where a failed change is taken back, as it was before. */
  put(document: T): void;
  /** A document that is dropped, or that a failed change had put first. */
  drop(document: T): void;
}

export interface WritableDocuments<T> extends Documents<T> {
  put(document: T): void;
  /** Lets it be as if it had never been. Does nothing where there is no such document. */
  drop(id: string): void;
}

/** Everything that is kept as JSON: the domain's port, implemented by the storage. */
export interface State {
  readonly datastores: Documents<Datastore>;
  readonly importJobs: Documents<ImportJob>;
  readonly imageSets: Documents<ImageSet>;
  readonly clientTokens: Documents<ClientToken>;
  /**
   * Changes documents, all or none: where `change` throws nothing has happened. It is synchronous,
   * so no other request comes between what it reads and what it writes.
   */
  update<Result>(change: (documents: StateChange) => Result): Result;
  /** Resolves when every change made so far is kept; rejects where one could not be. */
  durable(): Promise<void>;
}

export interface StateChange {
  readonly datastores: WritableDocuments<Datastore>;
  readonly importJobs: WritableDocuments<ImportJob>;
  readonly imageSets: WritableDocuments<ImageSet>;
  readonly clientTokens: WritableDocuments<ClientToken>;
}
