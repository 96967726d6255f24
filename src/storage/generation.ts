import { join } from "node:path";
import type { MeasuredBlobs } from "../domain/blobs.ts";
import type { JobRecords } from "../domain/import-jobs/job-records.ts";
import type { State } from "../domain/state.ts";
import { CachedBlobs } from "./blobs/cached-blobs.ts";
import { CheckedBlobs } from "./blobs/checked-blobs.ts";
import { DiskBlobs } from "./blobs/disk-blobs.ts";
import type { StoredDocument } from "./documents/stored-documents.ts";
import type { Removals } from "./files/removals.ts";

/** The data between one reset and the next. */
export interface Generation {
  /** 0 is the first of a folder; each reset and each restore begins a higher one. */
  readonly number: number;
  /** The folder of its files: a blob's key is a path in it. */
  readonly folder: string;
  readonly state: State;
  readonly blobs: MeasuredBlobs;
  readonly jobRecords: JobRecords;
  /** Stops storing: a reset has ended it. */
  readonly seal: () => void;
  /** Deletes all of its files in the background, once they are no longer read or written. */
  readonly remove: () => void;
  /** Deletes the files of a data store that was dropped, likewise. */
  readonly removeDatastore: (datastoreId: string) => void;
}

/** The initial content of a generation that does not start empty. */
export interface GenerationContent {
  /** In the spool folder; it becomes the generation's by one rename. */
  readonly folder: string;
  readonly documents: readonly StoredDocument[];
}

/** Each generation has a folder of its own, so that nothing late of one can get into another; the first has the data folder itself. */
export const generationFolder = (folder: string, number: number): string =>
  number === 0 ? folder : join(folder, `epoch-${number}`);

/** Entries of a generation to delete: the data folder holds the buckets, too. */
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
