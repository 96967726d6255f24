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
