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

interface Parts extends Omit<ImportParts, "ledger" | "limits" | "signal"> {
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
  /** By job: calls off its start. */
  readonly #queued = new Map<string, () => void>();
  readonly #running = new Map<string, Running>();
  #isStopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Of jobs that are SUBMITTED or IN_PROGRESS here. */
  get jobIds(): string[] {
    return [...this.#queued.keys(), ...this.#running.keys()];
  }

  enqueue(jobId: string): void {
    if (this.#isStopped || this.#queued.has(jobId)) return;
    const callOff = this.#parts.clock.schedule(this.#parts.durations.jobSubmittedMs, () => {
      this.#queued.delete(jobId);
      this.#start(this.#parts.importJobs.begin(jobId));
    });
    this.#queued.set(jobId, callOff);
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

  /**
   * Gives jobs up at once: nothing more comes of them, in the state or in their output bucket.
   * @returns resolves when nothing of them is being done, and their blobs are gone
   */
  async cancel(jobIds: Iterable<string>): Promise<void> {
    const ended = [...jobIds].map(async (jobId) => {
      this.#queued.get(jobId)?.();
      this.#queued.delete(jobId);
      const running = this.#running.get(jobId);
      running?.cancelled.abort();
      running?.blobs.abort();
      if (running !== undefined) this.#parts.workers.cancel(running.cancelled.signal);
      await running?.ended;
    });
    await Promise.all(ended);
  }

  /** Jobs that are under way stay as they are and are taken up again at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.cancel(this.jobIds);
  }

  #start(job: ImportJob): void {
    const run = {
      ledger: new Ledger(),
      blobs: new WrittenBlobs(this.#parts.blobs),
      cancelled: new AbortController(),
    };
    const ended = this.#run(job, run).finally(() => this.#running.delete(job.jobId));
    this.#running.set(job.jobId, { ...run, ended });
  }

  async #run(job: ImportJob, run: Run): Promise<void> {
    const { signal } = run.cancelled;
    try {
      const outlines = await this.#parts.clock.during(this.#import(job, run));
      await this.#minimumProgress(job, signal);
      if (!signal.aborted) return this.#commit(job, outlines);
    } catch (error) {
      if (!signal.aborted) await this.#fail(job, run, error);
    }
    await run.blobs.removeAll();
  }

  async #import(job: ImportJob, { blobs, ledger, cancelled }: Run): Promise<DocumentOutline[]> {
    const datastore = this.#parts.state.datastores.get(job.datastoreId);
    if (datastore === undefined) throw new Error(`data store ${job.datastoreId} is not there`);
    const limits = importLimits(this.#parts.quotas, datastore.region);
    return runImport({ ...this.#parts, blobs, ledger, limits, signal: cancelled.signal }, job, datastore);
  }

  /** The image sets and the end of their job are one change: who sees one sees the other. */
  #commit({ jobId }: ImportJob, outlines: readonly DocumentOutline[]): void {
    const { state, imageSets, importJobs } = this.#parts;
    state.update((change) => {
      for (const outline of outlines) imageSets.create(change, outline);
      importJobs.complete(change, jobId);
    });
  }

  async #fail(job: ImportJob, { ledger, cancelled: { signal } }: Run, error: unknown): Promise<void> {
    const { importJobs, objects, log } = this.#parts;
    if (!(error instanceof JobError)) log.error(`import job ${job.jobId} failed`, error);
    const reason = error instanceof JobError ? ` ${error.message}` : "";
    // Failed jobs leave a report too (service-facts 3), unless its folder is what failed.
    await writeReport(objects, job, ledger.abandoned(), signal).catch(() => {
      if (signal.aborted) return;
      log.warn(`import job ${job.jobId} left no report: its output folder cannot be written to`);
    });
    if (!signal.aborted) importJobs.fail(job.jobId, toMessage(`DICOM import job has failed.${reason}`));
  }

  #minimumProgress({ startedAt }: ImportJob, signal: AbortSignal): Promise<void> {
    const { clock, durations } = this.#parts;
    const delayMs = (startedAt ?? 0) + durations.jobInProgressMs - clock.now();
    if (delayMs <= 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const callOff = clock.schedule(delayMs, resolve);
      const giveUp = (): void => {
        callOff();
        resolve();
      };
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}

/** A job that is IN_PROGRESS. */
interface Run {
  readonly ledger: Ledger;
  readonly blobs: WrittenBlobs;
  readonly cancelled: AbortController;
}

interface Running extends Run {
  readonly ended: Promise<void>;
}
