import { foldersOf, type ImportJob } from "../domain/import-jobs/import-job.ts";
import type { Log } from "../domain/log.ts";
import { writeReport, type ReportDependencies } from "./job-report.ts";
import { Ledger } from "./job-report.ts";

interface FailedJobReportsDependencies extends ReportDependencies {
  readonly log: Log;
}

/**
 * The reports of failed jobs. These leave one too, unless its folder is the cause (facts: import-jobs#report-of-a-failed-job).
 * Assumed: failed-job-report. It lists all files that the job had found as failures.
 */
export class FailedJobReports {
  readonly #parts: FailedJobReportsDependencies;
  /** By job: cancels the report. */
  readonly #writing = new Map<string, AbortController>();

  constructor(parts: FailedJobReportsDependencies) {
    this.#parts = parts;
  }

  /** The jobs whose reports are being written. */
  get jobIds(): Iterable<string> {
    return this.#writing.keys();
  }

  abort(jobId: string): void {
    this.#writing.get(jobId)?.abort();
  }

  /** @param ledger of a job that has begun */
  async write(job: ImportJob, ledger = new Ledger()): Promise<void> {
    const writing = new AbortController();
    this.#writing.set(job.jobId, writing);
    const { output } = foldersOf(job);
    await writeReport(this.#parts, job, output, ledger.abandoned(), writing.signal).catch(() => {
      if (writing.signal.aborted) return;
      this.#parts.log.warn(`import job ${job.jobId} has no report: its output folder is not writable`);
    });
    this.#writing.delete(job.jobId);
  }
}
