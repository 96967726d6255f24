import type { JobStatus } from "@aws-sdk/client-medical-imaging";
import type { ImportJob } from "../domain/import-jobs/import-job.ts";
import type { ImportJobs } from "../domain/import-jobs/import-jobs.ts";
import type { Transitions } from "../domain/time/transitions.ts";
import type { Importer } from "./importer.ts";

interface JobStateOverridesDependencies {
  readonly importJobs: ImportJobs;
  readonly importer: Importer;
  readonly transitions: Transitions;
}

const FAILED = "DICOM import job has failed.";

/** Sets the status of import jobs by hand. */
export class JobStateOverrides {
  readonly #parts: JobStateOverridesDependencies;

  constructor(parts: JobStateOverridesDependencies) {
    this.#parts = parts;
  }

  /**
   * Sets a legal next status. COMPLETED waits until the job's image sets exist, so the job may still turn out
   * to be FAILED. Resolves once the status is set.
   */
  async moveTo(job: ImportJob, status: JobStatus, message: string | undefined): Promise<void> {
    if (status === "FAILED") return this.#parts.importer.fail(job, message ?? FAILED);
    await this.#parts.transitions.expedite({ kind: "importJob", id: job.jobId });
    await this.#parts.importer.whenEnded(job.jobId);
  }

  /** Sets any status; work in progress is cancelled, and a job that starts again repeats all work. */
  async forceTo({ jobId }: ImportJob, status: JobStatus, message: string | undefined): Promise<void> {
    const { importJobs, importer } = this.#parts;
    await importer.cancel([jobId]);
    importer.take(importJobs.forceTo(jobId, status, status === "FAILED" ? (message ?? FAILED) : null));
  }
}
