import type { ImportWarning } from "../api/import-warnings.ts";
import type { FileCounts } from "../domain/activity.ts";
import { refusalReason } from "../domain/import-jobs/refusal-reason.ts";
import type { FileFailure } from "./protocol.ts";

export interface Progress {
  readonly filesFound: number;
  readonly filesDone: number;
}

/** The version of an image set that a file became part of. */
export interface ReachedImageSet {
  readonly imageSetId: string;
  readonly imageSetVersion: number;
  readonly isPrimary: boolean;
}

interface Success {
  readonly imageSet: ReachedImageSet;
  /** Whether another file of the job has the same instance, and its content. */
  readonly isReplaced?: true;
  readonly warnings: readonly ImportWarning[];
}

/** Of a metadata file, which is not an instance of any image set. */
interface Enhancement {
  readonly enhanced: readonly ReachedImageSet[];
  readonly warnings: readonly ImportWarning[];
}

type Outcome = Success | Enhancement | { readonly failure: FileFailure };

interface Entry {
  readonly inputFile: string;
  outcome: Outcome | undefined;
}

/** The outcome of a job's files, in the order of their keys. */
export interface JobResult {
  /** Files without a failure: a metadata file is as many successes as it changed image sets. */
  readonly importedFiles: number;
  readonly successes: readonly (Success & { readonly inputFile: string })[];
  readonly failures: readonly { readonly inputFile: string; readonly failure: FileFailure }[];
  readonly imageSets: readonly (ReachedImageSet & { readonly instanceCount: number })[];
}

/** The outcome of each file of a job: exactly one. */
export class Ledger {
  #entries: readonly Entry[] = [];
  #filesDone = 0;

  get progress(): Progress {
    return { filesFound: this.#entries.length, filesDone: this.#filesDone };
  }

  /** The outcomes so far, with the reasons of refused files. */
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

  /** @param keys of the files, in order: other calls refer to files by their index */
  open(keys: readonly string[]): void {
    this.#entries = keys.map((inputFile) => ({ inputFile, outcome: undefined }));
  }

  countDone(): void {
    this.#filesDone += 1;
  }

  succeed(index: number, imageSet: ReachedImageSet, warnings: readonly ImportWarning[] = []): void {
    this.#decide(index, { imageSet, warnings });
  }

  /** As `succeed`, for an instance that another file of the job replaces: it is counted with that one. */
  replace(index: number, imageSet: ReachedImageSet, warnings: readonly ImportWarning[]): void {
    this.#decide(index, { imageSet, warnings, isReplaced: true });
  }

  /** A metadata file became part of image sets. */
  enhance(
    index: number,
    enhanced: readonly ReachedImageSet[],
    warnings: readonly ImportWarning[] = [],
  ): void {
    this.#decide(index, { enhanced, warnings });
  }

  fail(index: number, failure: FileFailure): void {
    this.#decide(index, { failure });
  }

  /** The file has no outcome yet: what it was imported into has changed meanwhile. */
  retract(index: number): void {
    const entry = this.#entries[index];
    if (entry !== undefined) entry.outcome = undefined;
  }

  /** @throws if a file has no outcome */
  result(): JobResult {
    return summarise(
      this.#entries.map(({ inputFile, outcome }) => {
        if (outcome === undefined) throw new Error(`${inputFile} has no outcome`);
        return { inputFile, outcome };
      }),
    );
  }

  /** The outcome of a failed job: nothing was imported. */
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
      throw new Error(`file ${index} of the job has two outcomes, or was never listed`);
    entry.outcome = outcome;
  }
}

const ABANDONED: FileFailure = {
  exceptionType: "InternalServerException",
  message: "The file was not imported because its import job has failed",
};

function summarise(entries: readonly { readonly inputFile: string; readonly outcome: Outcome }[]): JobResult {
  const imageSets = new Map<string, ReachedImageSet & { instanceCount: number }>();
  const successes: (Success & { inputFile: string })[] = [];
  const failures: { inputFile: string; failure: FileFailure }[] = [];
  for (const { inputFile, outcome } of entries) {
    if ("failure" in outcome) {
      failures.push({ inputFile, failure: outcome.failure });
      continue;
    }
    const { warnings } = outcome;
    const isInstance = "imageSet" in outcome && outcome.isReplaced !== true;
    for (const imageSet of "imageSet" in outcome ? [outcome.imageSet] : outcome.enhanced) {
      successes.push({ inputFile, imageSet, warnings });
      const instanceCount = imageSets.get(imageSet.imageSetId)?.instanceCount ?? 0;
      imageSets.set(imageSet.imageSetId, { ...imageSet, instanceCount: instanceCount + Number(isInstance) });
    }
  }
  const importedFiles = entries.length - failures.length;
  return { importedFiles, successes, failures, imageSets: [...imageSets.values()] };
}
