import type { Blobs } from "../domain/blobs.ts";
import type { JobFolders } from "../domain/import-jobs/import-job.ts";
import type { WrittenImageSet } from "../domain/image-sets/image-sets.ts";
import type { FilesInHand } from "./files-in-hand.ts";
import { Ledger } from "./ledger.ts";
import type { ImportParts } from "./run-import.ts";
import { WrittenBlobs } from "./store-file.ts";

type Outcome = { readonly written: readonly WrittenImageSet[] } | { readonly error: unknown };

type RunningImportParts = Pick<ImportParts, "folders" | "ledger" | "inHand" | "signal"> & {
  readonly blobs: WrittenBlobs;
};

/** A job in progress, until its image sets are visible or its work is removed. */
export class RunningImport {
  readonly ledger = new Ledger();
  readonly blobs: WrittenBlobs;
  readonly folders: JobFolders;
  readonly inHand: FilesInHand;
  /** Resolves once the work has ended, successfully or not. */
  readonly imported: Promise<void>;
  /** Resolves once the job shows its final status; undefined while it is IN_PROGRESS. */
  ended: Promise<void> | undefined;
  outcome: Outcome = { error: new Error("the import has not ended") };
  readonly #aborted = new AbortController();

  constructor(
    blobs: Blobs,
    folders: JobFolders,
    inHand: FilesInHand,
    work: (parts: RunningImportParts) => Promise<WrittenImageSet[]>,
  ) {
    this.blobs = new WrittenBlobs(blobs);
    this.folders = folders;
    this.inHand = inHand;
    const { ledger, signal } = this;
    const begin = async (): Promise<WrittenImageSet[]> =>
      work({ folders, ledger, inHand, blobs: this.blobs, signal });
    this.imported = begin().then(
      (written) => this.#finish({ written }),
      (error: unknown) => this.#finish({ error }),
    );
  }

  /** Aborted once the job is abandoned. */
  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  get isAborted(): boolean {
    return this.#aborted.signal.aborted;
  }

  /** Notes that no file is in flight: if the process dies from here on, no file of this job is the cause. */
  #finish(outcome: Outcome): void {
    this.outcome = outcome;
    if (!this.isAborted) this.inHand.stop();
  }

  /** Ends the work after the files that are being read; nothing else is written. */
  abort(): void {
    this.#aborted.abort();
    this.blobs.abort();
  }
}
