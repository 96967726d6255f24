import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, renameSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../storage/files/errno-messages.ts";
import { writeNewFile } from "../../storage/files/new-file.ts";

export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Where bodies are written until they are complete: a folder beside the buckets, never listed. */
export class UploadArea {
  readonly #folder: string;
  #swept: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves once leftovers of an earlier process are deleted. */
  ready(): Promise<void> {
    return (this.#swept ??= this.#sweep());
  }

  /**
   * Moves a folder into the area, by one rename.
   * @returns its new path, to be deleted; undefined if it is a mount or cannot be moved
   */
  takeAway(path: string): string | undefined {
    mkdirSync(this.#folder, { recursive: true });
    const temp = join(this.#folder, randomBytes(16).toString("hex"));
    try {
      renameSync(path, temp);
      return temp;
    } catch (error) {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) throw error;
      return undefined;
    }
  }

  /** Writes the bytes to a new file and returns its path. If they fail, the file is removed. */
  async receive(bytes: ByteSource): Promise<string> {
    await this.ready();
    const path = join(this.#folder, randomBytes(16).toString("hex"));
    try {
      // The file is opened before the first byte is taken: they are all there for a second attempt.
      // A source may miss a file, too.
      await writeNewFile(path, bytes).catch(async (error: unknown) => {
        if (!isMissing(error) || !isOf(path, error)) throw error;
        await mkdir(this.#folder, { recursive: true });
        await writeNewFile(path, bytes);
      });
      return path;
    } catch (error) {
      await this.discard(path);
      throw error;
    }
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Files of an earlier process belong to uploads that can no longer be completed. */
  async #sweep(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Without `instanceof`: a test runner's context has another `Error` than Node.js. */
const isOf = (path: string, error: unknown): boolean =>
  typeof error === "object" && error !== null && "path" in error && error.path === path;
