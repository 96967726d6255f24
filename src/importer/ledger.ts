import type { FileCounts } from "../domain/activity.ts";
import { refusalReason } from "../domain/import-jobs/refusal-reason.ts";
import type { FileFailure } from "./protocol.ts";
import type { JobResult } from "./job-manifest-report.ts";

export interface Progress {
  readonly filesFound: number;
  readonly filesDone: number;
}

type Outcome = { readonly imageSetId: string } | { readonly failure: FileFailure };

interface Entry {
  readonly inputFile: string;
  outcome: Outcome | undefined;
}

/** What became of each file of a job: one thing, and only one. */
export class Ledger {
  #entries: readonly Entry[] = [];
  #filesDone = 0;

  get progress(): Progress {
    return { filesFound: this.#entries.length, filesDone: this.#filesDone };
  }

  /** What became of them so far, with the reasons of those that were refused. */
  get counts(): FileCounts {
    const outcomes = this.#entries.flatMap(({ outcome }) => outcome ?? []);
    const reasons = outcomes.flatMap((outcome) =>
      "failure" in outcome ? [refusalReason(outcome.failure)] : [],
    );
    const counts = [...Map.groupBy(reasons, (reason) => reason)].map(
      ([reason, all]) => [reason, all.length] as const,
    );
    return {
      found: this.#entries.length,
      imported: outcomes.length - reasons.length,
      refused: new Map(counts.toSorted(([, one], [, other]) => other - one)),
    };
  }

  /** @param keys of the files, in order: the others are spoken of by their index */
  open(keys: readonly string[]): void {
    this.#entries = keys.map((inputFile) => ({ inputFile, outcome: undefined }));
  }

  countDone(): void {
    this.#filesDone += 1;
  }

  succeed(index: number, imageSetId: string): void {
    this.#decide(index, { imageSetId });
  }

  fail(index: number, failure: FileFailure): void {
    this.#decide(index, { failure });
  }

  /** @throws where a file is not accounted for */
  result(): JobResult {
    return summarise(
      this.#entries.map(({ inputFile, outcome }) => {
        if (outcome === undefined) throw new Error(`nothing became of ${inputFile}`);
        return { inputFile, outcome };
      }),
    );
  }

  /** Of a job that failed: nothing of it was imported. */
  abandoned(): JobResult {
    return summarise(
      this.#entries.map(({ inputFile, outcome }) => ({
        inputFile,
        outcome: outcome !== undefined && "failure" in outcome ? outcome : { failure: ABANDONED },
      })),
    );
  }

  #decide(index: number, outcome: Outcome): void {
    const entry = this.#entries[index];
    if (entry === undefined || entry.outcome !== undefined)
      throw new Error(`file ${index} of the job ended twice, or was never found`);
    entry.outcome = outcome;
  }
}

const ABANDONED: FileFailure = {
  exceptionType: "InternalServerException",
  message: "The file was not imported since its import job has failed",
};

function summarise(entries: readonly { readonly inputFile: string; readonly outcome: Outcome }[]): JobResult {
  const counts = new Map<string, number>();
  const successes: { inputFile: string; imageSetId: string }[] = [];
  const failures: { inputFile: string; failure: FileFailure }[] = [];
  for (const { inputFile, outcome } of entries) {
    if ("failure" in outcome) {
      failures.push({ inputFile, failure: outcome.failure });
      continue;
    }
    const { imageSetId } = outcome;
    successes.push({ inputFile, imageSetId });
    counts.set(imageSetId, (counts.get(imageSetId) ?? 0) + 1);
  }
  const imageSets = [...counts].map(([imageSetId, instanceCount]) => ({ imageSetId, instanceCount }));
  return { successes, failures, imageSets };
}
