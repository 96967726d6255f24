import { errorMessage } from "../api/error-message.ts";

/** Ends a whole job as FAILED, with the message that its properties show. */
export class JobError extends Error {}

/** Lets a failure of a bucket end the job in words that say which; a JobError passes as it is. */
export async function orJobError<T>(claim: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof JobError) throw cause;
    const reason = errorMessage(cause);
    throw new JobError(`${claim}: ${reason}`, { cause });
  }
}
