import type {
  StartDICOMImportJobRequest,
  StartDICOMImportJobResponse,
} from "@aws-sdk/client-medical-imaging";
import type { ClientTokens } from "../../domain/client-tokens.ts";
import type { ImportConfiguration } from "../../domain/import-jobs/import-configuration.ts";
import type { ImportJobs } from "../../domain/import-jobs/import-jobs.ts";
import type { Action } from "./action.ts";

interface StartDICOMImportJobDependencies {
  readonly importJobs: ImportJobs;
  /** Processes the job from here on. */
  readonly importer: { enqueue(jobId: string): void };
  readonly clientTokens: ClientTokens;
}

/** The SDK's type, with what it does not have yet. */
type Input = StartDICOMImportJobRequest & { readonly importConfiguration?: ImportConfiguration };

export const StartDICOMImportJob =
  ({
    importJobs,
    importer,
    clientTokens,
  }: StartDICOMImportJobDependencies): Action<Input, StartDICOMImportJobResponse> =>
  (input, caller) => {
    const { submittedAt, ...answer } = clientTokens.once(caller, "StartDICOMImportJob", input, () => {
      const { datastoreId, jobId, jobStatus, submittedAt: at } = importJobs.submit(caller, input);
      importer.enqueue(jobId);
      return { datastoreId, jobId, jobStatus, submittedAt: at };
    });
    return { ...answer, submittedAt: new Date(submittedAt) };
  };
