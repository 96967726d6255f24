import { resolve } from "node:path";
import { DEFAULT_RELEASE, type ServiceRelease } from "../api/releases/service-release.ts";
import type { Log } from "../domain/log.ts";
import { openFolder } from "./folder-storage.ts";
import type { Storage } from "./storage.ts";
import { openTemporary } from "./temporary-storage.ts";

export interface StorageOptions {
  /** Keeps the data beside the folder's other content. */
  readonly adoptData?: boolean;
  /** That is served. */
  readonly serviceRelease?: ServiceRelease;
}

/**
 * Opens the storage in `folder`; if that is undefined, in memory and a temporary folder that is deleted when
 * the process ends.
 * @throws FolderError, also for the folder of another release, or the system's error, if the folder cannot be created, read or written to;
 * FolderInUse
 */
export async function openStorage(
  folder: string | undefined,
  log: Log,
  { adoptData = false, serviceRelease = DEFAULT_RELEASE }: StorageOptions = {},
): Promise<Storage> {
  if (folder === undefined) return openTemporary(log, serviceRelease);
  return openFolder(resolve(folder), log, { adoptData, serviceRelease });
}
