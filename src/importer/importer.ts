import { toMessage } from "../api/message.ts";
import type { Clock } from "../domain/clock.ts";
import type { Durations } from "../domain/durations.ts";
import type { ImageSets } from "../domain/image-sets.ts";
import type { ImportJob } from "../domain/import-job.ts";
import { importLimits } from "../domain/import-limits.ts";
import type { ImportJobs } from "../domain/import-jobs.ts";
import type { Log } from "../domain/log.ts";
import type { DocumentOutline } from "../domain/metadata-document.ts";
import type { Quotas } from "../domain/quotas.ts";
import type { State } from "../domain/state.ts";
import { JobError } from "./job-error.ts";
import { Ledger, type Progress } from "./ledger.ts";
import { writeReport } from "./report.ts";
import { runImport, type ImportParts } from "./run-import.ts";
import { WrittenBlobs } from "./written-blobs.ts";

interface Parts extends Omit<ImportParts, "ledger" | "limits"> {
  readonly state: State;
  readonly clock: Clock;
  readonly durations: Durations;
  readonly importJobs: ImportJobs;
  readonly imageSets: ImageSets;
  readonly quotas: Quotas;
  readonly log: Log;
}

/** Takes submitted jobs through IN_PROGRESS to COMPLETED or FAILED. */
export class Importer {
  readonly #parts: Parts;
  readonly #queued = new Set<string>();
  readonly #running = new Map<string, Running>();
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  enqueue(jobId: string): void {
    if (this.#queued.has(jobId)) return;
    this.#queued.add(jobId);
    this.#parts.clock.schedule(this.#parts.durations.jobSubmittedMs, () => {
      this.#queued.delete(jobId);
      if (!this.#isStopped) this.#start(this.#parts.importJobs.begin(jobId));
    });
  }

  /** Undefined for a job that is not IN_PROGRESS here. */
  progressOf(jobId: string): Progress | undefined {
    return this.#running.get(jobId)?.ledger.progress;
  }

  /** Takes up jobs that a stop of the process cut off; what they had done is done again. */
  resume(): void {
    for (const job of this.#parts.importJobs.unfinished()) {
      if (job.jobStatus === "SUBMITTED") this.enqueue(job.jobId);
      else if (!this.#running.has(job.jobId)) this.#start(job);
    }
  }

  /** Jobs that are under way stay as they are and are taken up again at the next start. */
  async stop(): Promise<void> {
    this.#stopped.resolve();
    this.#isStopped = true;
    for (const { blobs } of this.#running.values()) blobs.abort();
    await this.#parts.workers.close();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #start(job: ImportJob): void {
    const ledger = new Ledger();
    const blobs = new WrittenBlobs(this.#parts.blobs);
    const ended = this.#run(job, ledger, blobs).finally(() => this.#running.delete(job.jobId));
    this.#running.set(job.jobId, { ledger, blobs, ended });
  }

  async #run(job: ImportJob, ledger: Ledger, blobs: WrittenBlobs): Promise<void> {
    try {
      const outlines = await this.#parts.clock.during(this.#import(job, ledger, blobs));
      await Promise.race([this.#minimumProgress(job), this.#stopped.promise]);
      if (!this.#isStopped) return this.#commit(job, outlines);
    } catch (error) {
      if (!this.#isStopped) await this.#fail(job, ledger, error);
    }
    await blobs.removeAll();
  }

  async #import(job: ImportJob, ledger: Ledger, blobs: WrittenBlobs): Promise<DocumentOutline[]> {
    const datastore = this.#parts.state.datastores.get(job.datastoreId);
    if (datastore === undefined) throw new Error(`data store ${job.datastoreId} is not there`);
    const limits = importLimits(this.#parts.quotas, datastore.region);
    return runImport({ ...this.#parts, blobs, ledger, limits }, job, datastore);
  }

  /** The image sets and the end of their job are one change: who sees one sees the other. */
  #commit({ jobId }: ImportJob, outlines: readonly DocumentOutline[]): void {
    const { state, imageSets, importJobs } = this.#parts;
    state.update((change) => {
      for (const outline of outlines) imageSets.create(change, outline);
      importJobs.complete(change, jobId);
    });
  }

  async #fail(job: ImportJob, ledger: Ledger, error: unknown): Promise<void> {
    const { importJobs, objects, log } = this.#parts;
    if (!(error instanceof JobError)) log.error(`import job ${job.jobId} failed`, error);
    const reason = error instanceof JobError ? ` ${error.message}` : "";
    // Failed jobs leave a report too (service-facts 3), unless its folder is what failed.
    await writeReport(objects, job, ledger.abandoned()).catch(() =>
      log.warn(`import job ${job.jobId} left no report: its output folder cannot be written to`),
    );
    if (!this.#isStopped) importJobs.fail(job.jobId, toMessage(`DICOM import job has failed.${reason}`));
  }

  #minimumProgress({ startedAt }: ImportJob): Promise<void> {
    const { clock, durations } = this.#parts;
    const delayMs = (startedAt ?? 0) + durations.jobInProgressMs - clock.now();
    return delayMs <= 0 ? Promise.resolve() : new Promise((resolve) => clock.schedule(delayMs, resolve));
  }
}

interface Running {
  readonly ledger: Ledger;
  readonly blobs: WrittenBlobs;
  readonly ended: Promise<void>;
}
