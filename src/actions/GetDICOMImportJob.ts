import type { DICOMImportJobProperties, GetDICOMImportJobRequest } from "@aws-sdk/client-medical-imaging";
import type { ImportJobs } from "../domain/import-jobs.ts";
import type { Action, Nullable } from "./action.ts";

export const GetDICOMImportJob =
  ({
    importJobs,
  }: {
    importJobs: ImportJobs;
  }): Action<GetDICOMImportJobRequest, { jobProperties: Nullable<DICOMImportJobProperties> }> =>
  (input, caller) => {
    const job = importJobs.get(caller, input.datastoreId, input.jobId);
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
      },
    };
  };
