import { join } from "node:path";
import type { MeasuredBlobs } from "../domain/blobs.ts";
import type { JobRecords } from "../domain/import-jobs/job-records.ts";
import type { State } from "../domain/state.ts";
import { CachedBlobs } from "./blobs/cached-blobs.ts";
import { CheckedBlobs } from "./blobs/checked-blobs.ts";
import { DiskBlobs } from "./blobs/disk-blobs.ts";
import type { StoredDocument } from "./documents/stored-documents.ts";
import type { Removals } from "./files/removals.ts";

/** The data between two resets. */
export interface Generation {
  /** The first of a folder is 0; each reset and each restore begins a higher one. */
  readonly number: number;
  /** The folder of its files. A blob's key is a path in it. */
  readonly folder: string;
  readonly state: State;
  readonly blobs: MeasuredBlobs;
  readonly jobRecords: JobRecords;
  /** Stops storing, once a reset has ended it. */
  readonly seal: () => void;
  /** Deletes all of its files in the background, once they are no longer read or written. */
  readonly remove: () => void;
  /** Deletes the files of a dropped data store in the background. */
  readonly removeDatastore: (datastoreId: string) => void;
}

/** The initial content of a generation that does not start empty. */
export interface GenerationContent {
  /** In the spool folder; one rename makes it the generation's folder. */
  readonly folder: string;
  readonly documents: readonly StoredDocument[];
}

/**
 * Each generation has a separate folder, so that late writes of one cannot get into another; the first has
 * the data folder itself.
 */
export const generationFolder = (folder: string, number: number): string =>
  number === 0 ? folder : join(folder, `epoch-${number}`);

/** Entries of a generation to delete: the data folder also contains the buckets. */
export const generationFiles = (folder: string, number: number): string =>
  number === 0 ? join(folder, "datastores") : generationFolder(folder, number);

/** The parts of a generation besides its state. */
export function filesOf(
  folder: string,
  number: number,
  removals: Removals,
): Omit<Generation, "state" | "jobRecords" | "seal"> & { readonly files: DiskBlobs } {
  const root = generationFolder(folder, number);
  const files = new DiskBlobs(root);
  return {
    number,
    folder: root,
    files,
    blobs: new CachedBlobs(new CheckedBlobs(files, (key) => join(root, key))),
    remove: () => removals.start(generationFiles(folder, number)),
    removeDatastore: (datastoreId) => removals.start(join(root, "datastores", datastoreId)),
  };
}
