import { WARNING_CODES, type ImportWarning } from "../api/import-warnings.ts";
import type { Behaviours } from "../api/releases/behaviours.ts";
import type { ReportForm } from "../api/releases/imports.ts";
import type { FileCounts } from "../domain/activity.ts";
import type { ImportJob, JobFolders } from "../domain/import-jobs/import-job.ts";
import { refusalReason } from "../domain/import-jobs/refusal-reason.ts";
import type { ObjectStore } from "../domain/objects.ts";
import { orJobError } from "./job-error.ts";
import type { Manifests } from "./manifests.ts";
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

export interface ReportDependencies {
  readonly objects: Pick<ObjectStore, "write">;
  /** Decides when the manifest is written. */
  readonly manifests: Pick<Manifests, "write">;
  readonly behaviours: Pick<Behaviours, "importReports">;
}

/**
 * Writes the files that a job leaves in its output folder (facts: import-jobs#report), the manifest last.
 * Assumed: empty-ndjson-files. All ndjson files are written, even without a line.
 * Assumed: warned-files. A file with warnings is in success.ndjson too, without them: it was imported.
 * @param signal cancels the files that are not written yet
 * @throws JobError
 */
export async function writeReport(
  { objects, manifests, behaviours: { importReports } }: ReportDependencies,
  job: ImportJob,
  { bucket, prefix }: JobFolders["output"],
  result: JobResult,
  signal: AbortSignal,
): Promise<void> {
  const form = importReports;
  const write = (path: string, content: string): Promise<void> =>
    orJobError("The output folder is not writable", () =>
      objects.write(bucket, prefix + path, Buffer.from(content), signal),
    );
  await write("SUCCESS/success.ndjson", toNdjson(result.successes.map(successLine(form))));
  await write("FAILURE/failure.ndjson", toNdjson(result.failures.map(failureLine)));
  if (form.hasWarnings)
    await write("WARNING/warning.ndjson", toNdjson(result.successes.flatMap(warningLine(form))));
  await manifests.write(job, () => write("job-output-manifest.json", writeManifest(form, job, result)));
}

const successLine =
  (form: ReportForm) =>
  ({ inputFile, imageSet }: JobResult["successes"][number]): object => ({
    inputFile,
    importResponse: describeImageSet(form, imageSet),
  });

const failureLine = ({ inputFile, failure }: JobResult["failures"][number]): object => {
  const { exceptionType, message } = failure;
  return { inputFile, exception: { exceptionType, message } };
};

/** None for a file without warnings. */
const warningLine =
  (form: ReportForm) =>
  ({ inputFile, imageSet, warnings }: JobResult["successes"][number]): object[] =>
    warnings.length === 0
      ? []
      : [
          {
            inputFile,
            importResponse: {
              ...describeImageSet(form, imageSet),
              warnings: warnings.map(describeWarning),
            },
          },
        ];

const describeImageSet = ({ imageSetMembers }: ReportForm, imageSet: ReachedImageSet): object => ({
  imageSetId: imageSet.imageSetId,
  ...Object.fromEntries(imageSetMembers.map((member) => [member, imageSet[member]])),
});

const describeWarning = ({ type, message }: ImportWarning): object => ({
  warning_reason_code: WARNING_CODES[type],
  type,
  message,
});

/** Assumed: generated-image-sets. Image sets that existed and were added to count as generated. */
function writeManifest(
  form: ReportForm,
  job: ImportJob,
  { importedFiles, failures, imageSets }: JobResult,
): string {
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
    ...(form.hasWarnings ? { warningsOutputS3Uri: `${job.outputS3Uri}WARNING/` } : {}),
    numberOfScannedFiles: importedFiles + failures.length,
    numberOfImportedFiles: importedFiles,
    numberOfFilesWithCustomerError: failures.length - serverErrors,
    numberOfFilesWithServerError: serverErrors,
    numberOfGeneratedImageSets: imageSets.length,
    imageSetsSummary: imageSets.map((imageSet) => ({
      ...describeImageSet(form, imageSet),
      numberOfMatchedSOPInstances: imageSet.instanceCount,
    })),
  };
  return JSON.stringify({ jobSummary });
}

const toNdjson = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");
