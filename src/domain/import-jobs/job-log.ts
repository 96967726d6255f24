import type { ImportJob } from "./import-job.ts";
import type { Log } from "../log.ts";
import type { State } from "../state.ts";

/** Tells how import jobs go on: their ids and times, not their files. */
export function logJobs(state: Pick<State, "importJobs">, log: Log): void {
  const told = new Map<string, string>();
  state.importJobs.follow({
    put: (job) => {
      const { jobId, datastoreId, jobStatus } = job;
      if (told.get(jobId) === jobStatus) return;
      told.set(jobId, jobStatus);
      if (job.endedAt !== null) told.delete(jobId);
      const durationMs = job.endedAt === null ? undefined : job.endedAt - job.submittedAt;
      log.info(`import job ${jobId} is ${jobStatus}`, { jobId, datastoreId, jobStatus, durationMs });
    },
    drop: ({ jobId }: ImportJob) => void told.delete(jobId),
  });
}
