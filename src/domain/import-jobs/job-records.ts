import type { ImportJob } from "./import-job.ts";

/** Notes of one import job while it runs, a line at a time: they survive a killed process. */
export interface JobRecord {
  /** All lines, of earlier processes too. One that was cut off in the middle is not among them. */
  read(): string[];
  /** As `append`, where there may be no record yet. */
  begin(lines: readonly string[]): void;
  /** The lines survive `kill -9` once this returns. What cannot be written is lost, and said in the log. */
  append(lines: readonly string[]): void;
}

/** The records of import jobs: the domain's port. */
export interface JobRecords {
  of(job: Pick<ImportJob, "datastoreId" | "jobId">): JobRecord;
  /** Does nothing if it does not exist. */
  remove(job: Pick<ImportJob, "datastoreId" | "jobId">): void;
}

/** For an emulator whose jobs end with its process. */
export const NO_JOB_RECORDS: JobRecords = {
  of: () => ({ read: () => [], begin: () => {}, append: () => {} }),
  remove: () => {},
};
