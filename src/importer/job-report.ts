import { WARNING_CODES, type ImportWarning } from "../api/import-warnings.ts";
import type { Behaviours } from "../api/releases/behaviours.ts";
import type { ImportJob, JobFolders } from "../domain/import-jobs/import-job.ts";
import type { ObjectStore } from "../domain/objects.ts";
import { orJobError } from "./job-error.ts";
import type { JobResult, ReachedImageSet } from "./ledger.ts";
import type { Manifests } from "./manifests.ts";

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

type ReportForm = Behaviours["importReports"];

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
