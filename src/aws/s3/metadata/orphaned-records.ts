import { readdirSync, statSync, unlinkSync } from "node:fs";
import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { readRegularTextSync } from "../../../storage/files/regular-file.ts";
import { readRecordLine } from "./attribute-lines.ts";

/** Files more than twice what the last clean-up left, before there is another. */
const MIN_FILES = 64;

interface Count {
  files: number;
  kept: number;
}

/**
 * Deletes the records of folders that somebody deleted by hand: once for a bucket in which a process makes files, and
 * again when they have doubled.
 */
export class OrphanedRecords {
  readonly #buckets: string;
  readonly #counts = new Map<string, Count>();

  /** @param buckets the folder of the buckets */
  constructor(buckets: string) {
    this.#buckets = buckets;
  }

  isKnown(bucket: string): boolean {
    return this.#counts.has(bucket);
  }

  /**
   * @param folder that of the bucket's metadata
   * @param onDeleted is told of the folder of keys whose records are deleted
   */
  onNewFile(bucket: string, folder: string, onDeleted: (folder: string) => void): void {
    const count = this.#counts.get(bucket) ?? { files: readdirSync(folder).length - 1, kept: 0 };
    this.#counts.set(bucket, count);
    count.files += 1;
    if (count.files < 2 * count.kept + MIN_FILES) return;
    count.kept = count.files;
    void this.#cleanUp(bucket, folder, onDeleted)
      .then((files) => Object.assign(count, { files, kept: files }))
      .catch(() => {});
  }

  forgetAll(): void {
    this.#counts.clear();
  }

  async #cleanUp(bucket: string, folder: string, onDeleted: (folder: string) => void): Promise<number> {
    let files = 0;
    for await (const { name } of await opendir(folder)) {
      if (!name.endsWith(".jsonl")) continue;
      // One turn from the look at the folder to the deletion: an object that comes makes its folder before its records.
      const orphaned = this.#orphanOf(bucket, join(folder, name));
      if (orphaned === undefined) {
        files += 1;
        continue;
      }
      unlinkSync(join(folder, name));
      onDeleted(orphaned);
    }
    return files;
  }

  /** The folder of keys that the records in a file are of, if it is gone. */
  #orphanOf(bucket: string, path: string): string | undefined {
    const [line = ""] = readRegularTextSync(path).split("\n", 1);
    const head = readRecordLine(line);
    if (head === undefined || !("folder" in head)) return undefined;
    const folder = join(this.#buckets, bucket, ...head.folder.split("/"));
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? undefined : head.folder;
  }
}
