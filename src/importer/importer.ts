import type { Clock } from "../domain/clock.ts";
import type { Durations } from "../domain/durations.ts";
import type { ImageSets } from "../domain/image-sets.ts";
import type { ImportJob } from "../domain/import-job.ts";
import type { ImportJobs } from "../domain/import-jobs.ts";
import type { Log } from "../domain/log.ts";
import type { MetadataDocument } from "../domain/metadata-document.ts";
import type { State } from "../domain/state.ts";
import { JobError, runImport, type ImportParts, type Progress } from "./run-import.ts";
import { WrittenBlobs } from "./written-blobs.ts";

interface Parts extends Omit<ImportParts, "progress"> {
  readonly state: State;
  readonly clock: Clock;
  readonly durations: Durations;
  readonly importJobs: ImportJobs;
  readonly imageSets: ImageSets;
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
    return this.#running.get(jobId)?.progress;
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
    const progress = { filesFound: 0, filesDone: 0 };
    const blobs = new WrittenBlobs(this.#parts.blobs);
    const ended = this.#run(job, progress, blobs).finally(() => this.#running.delete(job.jobId));
    this.#running.set(job.jobId, { progress, blobs, ended });
  }

  async #run(job: ImportJob, progress: Progress, blobs: WrittenBlobs): Promise<void> {
    try {
      const documents = await this.#parts.clock.during(runImport({ ...this.#parts, blobs, progress }, job));
      await Promise.race([this.#minimumProgress(job), this.#stopped.promise]);
      if (!this.#isStopped) return this.#commit(job, documents);
    } catch (error) {
      if (!this.#isStopped) this.#fail(job, error);
    }
    await blobs.removeAll();
  }

  /** The image sets and the end of their job are one change: who sees one sees the other. */
  #commit({ jobId }: ImportJob, documents: readonly MetadataDocument[]): void {
    const { state, imageSets, importJobs } = this.#parts;
    state.update((change) => {
      for (const document of documents) imageSets.create(change, document);
      importJobs.complete(change, jobId);
    });
  }

  #fail({ jobId }: ImportJob, error: unknown): void {
    const { importJobs, log } = this.#parts;
    if (!(error instanceof JobError)) log.error(`import job ${jobId} failed`, error);
    const reason = error instanceof JobError ? ` ${error.message}` : "";
    importJobs.fail(jobId, `DICOM import job has failed.${reason}`);
  }

  #minimumProgress({ startedAt }: ImportJob): Promise<void> {
    const { clock, durations } = this.#parts;
    const delayMs = (startedAt ?? 0) + durations.jobInProgressMs - clock.now();
    return delayMs <= 0 ? Promise.resolve() : new Promise((resolve) => clock.schedule(delayMs, resolve));
  }
}

interface Running {
  readonly progress: Progress;
  readonly blobs: WrittenBlobs;
  readonly ended: Promise<void>;
}
