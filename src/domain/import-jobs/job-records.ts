import type { ImportJob } from "./import-job.ts";

/** The record of a running import job, one line at a time: it survives a killed process. */
export interface JobRecord {
  /** All lines, also those of earlier processes. An incomplete line is left out. */
  read(): string[];
  /** As `append`, if there may be no record yet. */
  begin(lines: readonly string[]): void;
  /** The lines survive `kill -9` once this returns. A failed write is logged, and the lines are lost. */
  append(lines: readonly string[]): void;
}

/** The records of import jobs: a port of the domain. */
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
