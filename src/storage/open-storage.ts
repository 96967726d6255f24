import { resolve } from "node:path";
import type { Log } from "../domain/log.ts";
import { openFolder } from "./folder-storage.ts";
import type { Storage } from "./storage.ts";
import { openTemporary } from "./temporary-storage.ts";

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
