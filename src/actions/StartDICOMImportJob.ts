import type {
  StartDICOMImportJobRequest,
  StartDICOMImportJobResponse,
} from "@aws-sdk/client-medical-imaging";
import type { ImportJobs } from "../domain/import-jobs.ts";
import type { Action } from "./action.ts";

interface Parts {
  readonly importJobs: ImportJobs;
  /** Takes the job from here on. */
  readonly importer: { enqueue(jobId: string): void };
}

export const StartDICOMImportJob =
  ({ importJobs, importer }: Parts): Action<StartDICOMImportJobRequest, StartDICOMImportJobResponse> =>
  (input, caller) => {
    const { datastoreId, jobId, jobStatus, submittedAt } = importJobs.submit(caller, input);
    importer.enqueue(jobId);
    return { datastoreId, jobId, jobStatus, submittedAt: new Date(submittedAt) };
  };
