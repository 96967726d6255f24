import type { DICOMImportJobSummary, ListDICOMImportJobsRequest } from "@aws-sdk/client-medical-imaging";
import type { ImportJob } from "../../domain/import-jobs/import-job.ts";
import type { ImportJobs } from "../../domain/import-jobs/import-jobs.ts";
import type { RepeatedImports } from "../../domain/import-jobs/repeated-imports.ts";
import type { Action, Hinted, Nullable } from "./action.ts";

interface ListDICOMImportJobsDependencies {
  readonly importJobs: ImportJobs;
  readonly repeatedImports: Pick<RepeatedImports, "countOf" | "describe">;
}

interface ListDICOMImportJobsOutput extends Hinted {
  readonly jobSummaries: Nullable<DICOMImportJobSummary>[];
  readonly nextToken: string | null;
}

export const ListDICOMImportJobs =
  ({
    importJobs,
    repeatedImports,
  }: ListDICOMImportJobsDependencies): Action<ListDICOMImportJobsRequest, ListDICOMImportJobsOutput> =>
  async ({ datastoreId, jobStatus, ...page }, caller) => {
    const { items, nextToken } = importJobs.list(caller, datastoreId, jobStatus, page);
    const counts = await Promise.all(items.map(({ jobId }) => repeatedImports.countOf(jobId)));
    const repeated = counts.reduce((sum, count) => sum + count, 0);
    const hint = repeated === 0 ? undefined : repeatedImports.describe(repeated);
    return { jobSummaries: items.map(summarise), nextToken, hint };
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
