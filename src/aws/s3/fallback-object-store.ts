import type { ObjectSource, ObjectStore, ObjectSummary } from "../../domain/objects.ts";

/** Buckets of two stores: those of the first, and any other of the second. */
export class FallbackObjectStore implements ObjectStore {
  readonly #first: ObjectStore;
  readonly #second: ObjectStore;

  constructor(first: ObjectStore, second: ObjectStore) {
    this.#first = first;
    this.#second = second;
  }

  async bucketExists(bucket: string): Promise<boolean> {
    return (await this.#first.bucketExists(bucket)) || this.#second.bucketExists(bucket);
  }

  async *list(bucket: string, prefix: string): AsyncIterable<ObjectSummary> {
    yield* (await this.#of(bucket)).list(bucket, prefix);
  }

  async locate(bucket: string, key: string): Promise<ObjectSource> {
    return (await this.#of(bucket)).locate(bucket, key);
  }

  async checkWritable(bucket: string, key: string): Promise<void> {
    await (await this.#of(bucket)).checkWritable(bucket, key);
  }

  async write(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    return (await this.#of(bucket)).write(bucket, key, bytes, signal);
  }

  async #of(bucket: string): Promise<ObjectStore> {
    return (await this.#first.bucketExists(bucket)) ? this.#first : this.#second;
  }
}
