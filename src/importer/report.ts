import type { ImportJob } from "../domain/import-job.ts";
import type { FileFailure } from "./protocol.ts";

/** What became of the files of a job, in the order of their keys. */
export interface JobResult {
  readonly successes: readonly { readonly inputFile: string; readonly imageSetId: string }[];
  readonly failures: readonly { readonly inputFile: string; readonly failure: FileFailure }[];
  readonly imageSets: readonly { readonly imageSetId: string; readonly instanceCount: number }[];
}

/** A file below a job's output folder. */
export interface OutputFile {
  readonly path: string;
  readonly content: string;
}

/** The three files that a job leaves in its output folder (service-facts 3.3). */
export function writeReport(job: ImportJob, { successes, failures, imageSets }: JobResult): OutputFile[] {
  const success = successes.map(({ inputFile, imageSetId }) => ({
    inputFile,
    importResponse: { imageSetId },
  }));
  const failure = failures.map(({ inputFile, failure: exception }) => ({ inputFile, exception }));
  return [
    { path: "SUCCESS/success.ndjson", content: toNdjson(success) },
    { path: "FAILURE/failure.ndjson", content: toNdjson(failure) },
    { path: "job-output-manifest.json", content: writeManifest(job, { successes, failures, imageSets }) },
  ];
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
