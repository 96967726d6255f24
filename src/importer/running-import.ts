import type { Blobs } from "../domain/blobs.ts";
import type { JobFolders } from "../domain/import-jobs/import-job.ts";
import type { WrittenImageSet } from "../domain/image-sets/image-sets.ts";
import type { JobMerge } from "./merges/job-merge.ts";
import type { FilesInHand } from "./files-in-hand.ts";
import { Ledger } from "./job-report.ts";
import type { ImportParts } from "./run-import.ts";
import { WrittenBlobs } from "./store-file.ts";

type Outcome = { readonly written: readonly WrittenImageSet[] } | { readonly error: unknown };

export type RunningImportParts = Pick<ImportParts, "folders" | "ledger" | "inHand" | "signal"> & {
  readonly blobs: WrittenBlobs;
};

/** A job in progress, until its image sets are visible or its work is removed. */
export class RunningImport {
  readonly parts: RunningImportParts;
  /** Of a service that merges imports. */
  readonly merge: JobMerge | undefined;
  /** Resolves once the work has ended, successfully or not. */
  imported: Promise<void> = Promise.resolve();
  /** Resolves once the job shows its final status; undefined while it is IN_PROGRESS. */
  ended: Promise<void> | undefined;
  outcome: Outcome = { error: new Error("the import has not ended") };
  readonly #aborted = new AbortController();
  #undone: Promise<void> | undefined;

  constructor(
    blobs: Blobs,
    folders: JobFolders,
    inHand: FilesInHand,
    beginMerge: (parts: RunningImportParts) => JobMerge | undefined,
  ) {
    const { signal } = this.#aborted;
    this.parts = { folders, inHand, signal, ledger: new Ledger(), blobs: new WrittenBlobs(blobs) };
    this.merge = beginMerge(this.parts);
  }

  get isAborted(): boolean {
    return this.#aborted.signal.aborted;
  }

  /** The job's merge, if it must be done again before the job can end. */
  get outdatedMerge(): JobMerge | undefined {
    return "written" in this.outcome && this.merge?.isOutdated === true ? this.merge : undefined;
  }

  /** Performs work of the job, from now on. */
  perform(work: () => Promise<WrittenImageSet[]>): void {
    const begin = async (): Promise<WrittenImageSet[]> => work();
    this.imported = begin().then(
      (written) => this.#finish({ written }),
      (error: unknown) => this.#finish({ error }),
    );
  }

  /** Removes what the job has written, and what is visible of its merges, once. Call it once no work is in flight. */
  undo(): Promise<void> {
    return (this.#undone ??= this.#undo());
  }

  /** A second time, another job might already write under the same names. */
  async #undo(): Promise<void> {
    try {
      await this.merge?.drop();
    } finally {
      await this.parts.blobs.removeAll();
      this.merge?.giveBack();
    }
  }

  /** Notes that no file is in flight: if the process dies from here on, no file of this job is the cause. */
  #finish(outcome: Outcome): void {
    this.outcome = outcome;
    if (!this.isAborted) this.parts.inHand.stop();
  }

  /** Ends the work after the files that are being read; nothing else is written. */
  abort(): void {
    this.#aborted.abort();
    this.parts.blobs.abort();
  }
}
