import pLimit from "p-limit";
import type { Log } from "../../domain/log.ts";
import { removeFolder } from "./remove-folder.ts";

/**
 * Deletes folders in the background, one at a time. The next start deletes folders that are left at a stop.
 */
export class Removals {
  readonly #log: Log;
  readonly #limit = pLimit(1);
  readonly #stopped = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param onRemoved is called once the folder is deleted */
  start(path: string, onRemoved: () => void = () => {}): void {
    const { signal } = this.#stopped;
    const remove = async (): Promise<void> => {
      await removeFolder(path, signal);
      if (!signal.aborted) onRemoved();
    };
    const running = this.#limit(remove)
      .catch((error: unknown) => this.#log.error(`${path} could not be deleted`, error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves once all deletions have ended. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#running);
  }
}
