import type { DICOMImportJobSummary, ListDICOMImportJobsRequest } from "@aws-sdk/client-medical-imaging";
import type { ImportJob } from "../domain/import-job.ts";
import type { ImportJobs } from "../domain/import-jobs.ts";
import type { Action, Nullable } from "./action.ts";

interface ListDICOMImportJobsOutput {
  readonly jobSummaries: Nullable<DICOMImportJobSummary>[];
  readonly nextToken: string | null;
}

export const ListDICOMImportJobs =
  ({
    importJobs,
  }: {
    importJobs: ImportJobs;
  }): Action<ListDICOMImportJobsRequest, ListDICOMImportJobsOutput> =>
  ({ datastoreId, jobStatus, ...page }, caller) => {
    const { items, nextToken } = importJobs.list(caller, datastoreId, jobStatus, page);
    return { jobSummaries: items.map(summarise), nextToken };
  };

const summarise = (job: ImportJob): Nullable<DICOMImportJobSummary> => ({
  jobId: job.jobId,
  jobName: job.jobName,
  jobStatus: job.jobStatus,
  datastoreId: job.datastoreId,
  dataAccessRoleArn: job.dataAccessRoleArn,
  endedAt: job.endedAt === null ? null : new Date(job.endedAt),
  submittedAt: new Date(job.submittedAt),
  message: job.message,
});
