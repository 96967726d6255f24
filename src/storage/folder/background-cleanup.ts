import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../domain/log.ts";
import type { State } from "../../domain/state.ts";
import type { DiskBlobs } from "../blobs/disk-blobs.ts";
import { removeOrphans } from "./orphan-cleanup.ts";

/** Exists while a folder contains no orphans. It is a folder itself, so that git does not see it. */
const STOP_MARK = ".clean";

/** @returns whether the last process closed the folder cleanly */
export const takeStopMark = (folder: string): Promise<boolean> =>
  rmdir(join(folder, STOP_MARK)).then(
    () => true,
    () => false,
  );

export const putStopMark = (folder: string): Promise<unknown> =>
  mkdir(join(folder, STOP_MARK), { recursive: true });

/** Removes orphaned files of a killed process in the background, until done or stopped. */
export class BackgroundCleanup {
  readonly #stopped = new AbortController();
  readonly #over: Promise<boolean>;

  /** @param root of the generation */
  constructor(
    { state, files }: { state: State; files: DiskBlobs },
    root: string,
    log: Log,
    isClean: boolean,
  ) {
    const { signal } = this.#stopped;
    const cleanUp = (): Promise<boolean> => removeOrphans({ root, state, blobs: files, signal });
    this.#over = isClean
      ? Promise.resolve(true)
      : cleanUp().catch((error: unknown) => {
          log.error("orphaned files of a killed process could not be deleted", error);
          return false;
        });
  }

  /** @returns whether it was complete */
  stop(): Promise<boolean> {
    this.#stopped.abort();
    return this.#over;
  }
}
