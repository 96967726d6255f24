import type { Generation, GenerationContent } from "./generation.ts";
import type { Snapshots } from "./snapshots/snapshots.ts";

export interface Storage {
  /** Absolute; the buckets are in its folder `s3`. */
  readonly folder: string;
  /** The generation that it was opened in. */
  readonly generation: Generation;
  /** Starts the next generation, in one step: any later opening of the folder finds that one. */
  readonly beginGeneration: (content?: GenerationContent) => Generation;
  readonly snapshots: Snapshots;
  /** Deletes a folder in the background, or a link. */
  readonly remove: (path: string) => void;
  /** For files on their way to be blobs: there is nothing in it at the start. */
  readonly spoolFolder: string;
  /** Throws where it cannot be written to, or something could not. */
  readonly check: () => Promise<void>;
  /** Waits until everything is kept; a temporary folder goes. */
  readonly close: () => Promise<void>;
}
