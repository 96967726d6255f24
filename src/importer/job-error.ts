import { toMessage } from "../api/message.ts";
import type { ImportJob } from "../domain/import-jobs/import-job.ts";
import type { Log } from "../domain/log.ts";
import { diskReasonOf } from "../storage/files/errno-messages.ts";

import { errorMessage } from "../api/error-message.ts";

/** Ends an entire job as FAILED, with the message that its properties show. */
export class JobError extends Error {}

/** Turns a bucket's failure into a JobError that names the bucket; a JobError is passed on unchanged. */
export async function orJobError<T>(claim: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof JobError) throw cause;
    const reason = errorMessage(cause);
    throw new JobError(`${claim}: ${reason}`, { cause });
  }
}

/** The message of a job that ends as FAILED; what its reader cannot correct is logged. */
export function describeFailedJob(
  { jobId }: Pick<ImportJob, "jobId">,
  error: unknown,
  log: Pick<Log, "error">,
): string {
  const diskReason = error instanceof JobError ? undefined : diskReasonOf(error);
  const reason =
    error instanceof JobError ? error.message : diskReason && `It cannot be stored: ${diskReason}`;
  if (diskReason !== undefined) log.error(`import job ${jobId} failed: ${diskReason}`);
  else if (reason === undefined) log.error(`import job ${jobId} failed`, error);
  return toMessage(`DICOM import job has failed.${reason === undefined ? "" : ` ${reason}`}`);
}
