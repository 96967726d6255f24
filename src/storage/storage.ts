import type { Generation, GenerationContent } from "./generation.ts";
import type { Snapshots } from "./snapshots/snapshots.ts";

export interface Storage {
  /** Absolute; the buckets are in its folder `s3`. */
  readonly folder: string;
  /** The generation at the time of opening. */
  readonly generation: Generation;
  /** Starts the next generation, in one step: any later opening of the folder finds that one. */
  readonly beginGeneration: (content?: GenerationContent) => Generation;
  readonly snapshots: Snapshots;
  /** Deletes a folder in the background, or a link. */
  readonly remove: (path: string) => void;
  /** For files that will become blobs; empty at the start. */
  readonly spoolFolder: string;
  /** Throws if it cannot be written to, or a document could not be. */
  readonly check: () => Promise<void>;
  /** Waits until everything is stored; deletes a temporary folder. */
  readonly close: () => Promise<void>;
}
