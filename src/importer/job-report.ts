import type { FileCounts } from "../domain/activity.ts";
import { refusalReason } from "../domain/import-jobs/refusal-reason.ts";
import type { ImportJob, JobFolders } from "../domain/import-jobs/import-job.ts";
import type { ObjectStore } from "../domain/objects.ts";
import { orJobError } from "./job-error.ts";
import type { Manifests } from "./manifests.ts";
import type { FileFailure } from "./protocol.ts";

export interface Progress {
  readonly filesFound: number;
  readonly filesDone: number;
}

type Outcome = { readonly imageSetId: string } | { readonly failure: FileFailure };

interface Entry {
  readonly inputFile: string;
  outcome: Outcome | undefined;
}

/** The outcome of a job's files, in the order of their keys. */
export interface JobResult {
  readonly successes: readonly { readonly inputFile: string; readonly imageSetId: string }[];
  readonly failures: readonly { readonly inputFile: string; readonly failure: FileFailure }[];
  readonly imageSets: readonly { readonly imageSetId: string; readonly instanceCount: number }[];
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

  succeed(index: number, imageSetId: string): void {
    this.#decide(index, { imageSetId });
  }

  fail(index: number, failure: FileFailure): void {
    this.#decide(index, { failure });
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

/**
 * Writes the three files that a job leaves in its output folder (facts: import-jobs#report), the manifest
 * last.
 * Assumed: empty-ndjson-files. Both ndjson files are written, even without a line.
 * @param manifests decides when the manifest is written
 * @param signal cancels the files that are not written yet
 * @throws JobError
 */
export async function writeReport(
  objects: ObjectStore,
  job: ImportJob,
  { bucket, prefix }: JobFolders["output"],
  result: JobResult,
  manifests: Pick<Manifests, "write">,
  signal: AbortSignal,
): Promise<void> {
  const success = result.successes.map(({ inputFile, imageSetId }) => ({
    inputFile,
    importResponse: { imageSetId },
  }));
  const failure = result.failures.map(({ inputFile, failure: { exceptionType, message } }) => ({
    inputFile,
    exception: { exceptionType, message },
  }));
  const write = (path: string, content: string): Promise<void> =>
    orJobError("The output folder is not writable", () =>
      objects.write(bucket, prefix + path, Buffer.from(content), signal),
    );
  await write("SUCCESS/success.ndjson", toNdjson(success));
  await write("FAILURE/failure.ndjson", toNdjson(failure));
  await manifests.write(job, () => write("job-output-manifest.json", writeManifest(job, result)));
}

function writeManifest(job: ImportJob, { successes, failures, imageSets }: JobResult): string {
  const serverErrors = failures.filter(
    ({ failure }) => failure.exceptionType === "InternalServerException",
  ).length;
  const jobSummary = {
    jobId: job.jobId,
    datastoreId: job.datastoreId,
    inputS3Uri: job.inputS3Uri,
    outputS3Uri: job.outputS3Uri,
    successOutputS3Uri: `${job.outputS3Uri}SUCCESS/`,
    failureOutputS3Uri: `${job.outputS3Uri}FAILURE/`,
    numberOfScannedFiles: successes.length + failures.length,
    numberOfImportedFiles: successes.length,
    numberOfFilesWithCustomerError: failures.length - serverErrors,
    numberOfFilesWithServerError: serverErrors,
    numberOfGeneratedImageSets: imageSets.length,
    imageSetsSummary: imageSets.map(({ imageSetId, instanceCount }) => ({
      imageSetId,
      numberOfMatchedSOPInstances: instanceCount,
    })),
  };
  return JSON.stringify({ jobSummary });
}

const toNdjson = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");
