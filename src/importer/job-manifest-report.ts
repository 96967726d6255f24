import { parseS3Folder } from "../api/s3-uri.ts";
import type { ImportJob } from "../domain/import-jobs/import-job.ts";
import type { ObjectStore } from "../domain/objects.ts";
import { orJobError } from "./job-error.ts";
import type { Manifests } from "./manifests.ts";
import type { FileFailure } from "./protocol.ts";

/** What became of the files of a job, in the order of their keys. */
export interface JobResult {
  readonly successes: readonly { readonly inputFile: string; readonly imageSetId: string }[];
  readonly failures: readonly { readonly inputFile: string; readonly failure: FileFailure }[];
  readonly imageSets: readonly { readonly imageSetId: string; readonly instanceCount: number }[];
}

/**
 * Writes the three files that a job leaves in its output folder (facts: import-jobs#report), the manifest last.
 * Assumed: empty-ndjson-files. Both ndjson files are written, without a line too.
 * @param manifests decides when the last one is written
 * @param signal lets none of them come any more
 * @throws JobError
 */
export async function writeReport(
  objects: ObjectStore,
  job: ImportJob,
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
  const { bucket, prefix } = parseS3Folder(job.outputS3Uri);
  const write = (path: string, content: string): Promise<void> =>
    orJobError("The output folder cannot be written to", () =>
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
