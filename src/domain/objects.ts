/** One object of a bucket as a listing shows it. */
export interface ObjectSummary {
  /** The entire key, without the bucket. */
  readonly key: string;
  readonly byteLength: number;
  /**
   * Why it cannot be read, if the listing knows; for a folder, whose key ends in `/`, everything in it is
   * unreadable.
   */
  readonly fault?: string;
}

/** The bytes of an object: in a file of this machine, or in memory. */
export type ObjectSource = { readonly path: string } | { readonly bytes: Uint8Array };

/**
 * The part of S3 that an import job needs: the domain's port, implemented by the built-in
 * folder-backed buckets.
 */
export interface ObjectStore {
  bucketExists(bucket: string): Promise<boolean>;
  /** Every object whose key starts with `prefix`, in the order of the keys' UTF-8 bytes. */
  list(bucket: string, prefix: string): AsyncIterable<ObjectSummary>;
  /** The caller owns bytes in memory from then on. Throws if the object does not exist. */
  locate(bucket: string, key: string): Promise<ObjectSource>;
  /** @throws an Error that says why an object with that key cannot be written */
  checkWritable(bucket: string, key: string): void | Promise<void>;
  /** @param signal once it is aborted the object does not appear, however far its write has got */
  write(bucket: string, key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
}
