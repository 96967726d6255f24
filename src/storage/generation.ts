import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { MeasuredBlobs } from "../domain/blobs.ts";
import type { State } from "../domain/state.ts";
import type { Kept } from "./kept-documents.ts";

/** What is kept between one reset and the next. */
export interface Generation {
  /** How many resets came before it, in this folder. */
  readonly number: number;
  /** Of its files: a blob's key is a path in it. */
  readonly folder: string;
  readonly state: State;
  readonly blobs: MeasuredBlobs;
  /** Keeps nothing any more: a reset has ended it. */
  readonly seal: () => void;
  /** Deletes all of its files, behind the back: when nobody reads or writes them any more. */
  readonly remove: () => void;
  /** Deletes the files of a data store that was dropped, likewise. */
  readonly removeDatastore: (datastoreId: string) => void;
}

/** What a generation begins with, where it is not empty. */
export interface GenerationContent {
  /** In the spool folder; it becomes the generation's by one rename. */
  readonly folder: string;
  readonly documents: readonly Kept[];
}

/** Each generation has a folder of its own, so that nothing late of one can get into another; the first has the data folder itself. */
export const generationFolder = (folder: string, number: number): string =>
  number === 0 ? folder : join(folder, `epoch-${number}`);

/** What to delete of a generation: the data folder holds the buckets too. */
export const generationFiles = (folder: string, number: number): string =>
  number === 0 ? join(folder, "datastores") : generationFolder(folder, number);

/**
 * The generation that a folder is in, the highest, and those before it of which something is left: a process
 * may end before it has deleted what a reset threw away.
 */
export async function findGenerations(folder: string): Promise<{ current: number; past: number[] }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const numbers = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => /^epoch-([1-9]\d{0,14})$/.exec(name)?.[1] ?? [])
    .map(Number);
  const current = Math.max(0, ...numbers);
  return { current, past: [0, ...numbers].filter((number) => number < current) };
}
