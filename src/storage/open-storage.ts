import { resolve } from "node:path";
import type { Log } from "../domain/log.ts";
import type { Generation, GenerationContent } from "./generation.ts";
import { openFolder } from "./folder-storage.ts";
import type { Snapshots } from "./snapshots.ts";
import { openTemporary } from "./temporary-storage.ts";

export interface Storage {
  /** Absolute; the buckets are in its folder `s3`. */
  readonly folder: string;
  /** The generation that it was opened in. */
  readonly generation: Generation;
  /** Begins the next generation, in one step: whoever opens the folder from now on finds that one. */
  readonly beginGeneration: (content?: GenerationContent) => Generation;
  readonly snapshots: Snapshots;
  /** Deletes a folder behind the back, or a link. */
  readonly remove: (path: string) => void;
  /** For files on their way to be blobs: there is nothing in it at the start. */
  readonly spoolFolder: string;
  /** Throws where it cannot be written to, or something could not. */
  readonly check: () => Promise<void>;
  /** Waits until everything is kept; a temporary folder goes. */
  readonly close: () => Promise<void>;
}

export interface StorageOptions {
  /** Keeps the data beside whatever the folder holds. */
  readonly adoptData?: boolean;
}

/**
 * Opens the storage in `folder`, or, where that is undefined, in memory and a temporary folder that
 * is gone when the process is.
 * @throws FolderError, or the system's error, where the folder cannot be made, read or written to; FolderInUse
 */
export async function openStorage(
  folder: string | undefined,
  log: Log,
  { adoptData = false }: StorageOptions = {},
): Promise<Storage> {
  return folder === undefined ? openTemporary(log) : openFolder(resolve(folder), log, adoptData);
}
