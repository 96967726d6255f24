import type { DICOMImportJobProperties, GetDICOMImportJobRequest } from "@aws-sdk/client-medical-imaging";
import type { ImportConfiguration } from "../../domain/import-jobs/import-configuration.ts";
import type { ImportJobs } from "../../domain/import-jobs/import-jobs.ts";
import type { RepeatedImports } from "../../domain/import-jobs/repeated-imports.ts";
import type { Action, Hinted, Nullable } from "./action.ts";

interface GetDICOMImportJobDependencies {
  readonly importJobs: ImportJobs;
  readonly repeatedImports: Pick<RepeatedImports, "countOf" | "describe">;
}

/** The SDK's type, with what it does not have yet. */
type Properties = Nullable<DICOMImportJobProperties> & {
  readonly importConfiguration?: ImportConfiguration | undefined;
};

type Output = { jobProperties: Properties } & Hinted;

export const GetDICOMImportJob =
  ({
    importJobs,
    repeatedImports,
  }: GetDICOMImportJobDependencies): Action<GetDICOMImportJobRequest, Output> =>
  async (input, caller) => {
    const job = importJobs.get(caller, input.datastoreId, input.jobId);
    const repeated = await repeatedImports.countOf(job.jobId);
    return {
      jobProperties: {
        jobId: job.jobId,
        jobName: job.jobName,
        jobStatus: job.jobStatus,
        datastoreId: job.datastoreId,
        dataAccessRoleArn: job.dataAccessRoleArn,
        inputS3Uri: job.inputS3Uri,
        outputS3Uri: job.outputS3Uri,
        submittedAt: new Date(job.submittedAt),
        endedAt: job.endedAt === null ? null : new Date(job.endedAt),
        message: job.message,
        importConfiguration: job.importConfiguration,
      },
      hint: repeated === 0 ? undefined : repeatedImports.describe(repeated),
    };
  };
