import type { FileCounts } from "../domain/activity.ts";
import type { ImageSets, WrittenImageSet } from "../domain/image-sets/image-sets.ts";
import { foldersOf, NEXT_JOB_STATUS, type ImportJob } from "../domain/import-jobs/import-job.ts";
import { importLimits } from "../domain/import-jobs/import-limits.ts";
import type { ImportJobs } from "../domain/import-jobs/import-jobs.ts";
import type { JobRecords } from "../domain/import-jobs/job-records.ts";
import type { Log } from "../domain/log.ts";
import type { Quotas } from "../domain/limits/quotas.ts";
import type { State } from "../domain/state.ts";
import type { Transitions } from "../domain/time/transitions.ts";
import { FilesInHand, Turns } from "./files-in-hand.ts";
import { describeFailedJob } from "./job-error.ts";
import { FailedJobReports } from "./failed-job-reports.ts";
import type { Progress } from "./job-report.ts";
import type { ImageSetMerges } from "./merges/image-set-merges.ts";
import type { JobMerge } from "./merges/job-merge.ts";
import { Manifests } from "./manifests.ts";
import { RunningImport } from "./running-import.ts";
import { repeatMerge, runImport, type ImportParts } from "./run-import.ts";

interface ImporterDependencies extends Omit<
  ImportParts,
  "folders" | "ledger" | "inHand" | "limits" | "manifests" | "merge" | "signal"
> {
  /** Of a service that merges imports. */
  readonly merges?: ImageSetMerges | undefined;
  readonly jobRecords: JobRecords;
  readonly state: State;
  readonly transitions: Transitions;
  readonly importJobs: ImportJobs;
  readonly imageSets: ImageSets;
  readonly quotas: Quotas;
  readonly log: Log;
  /** Delay of a job's manifest after the end of the job, in milliseconds; Infinity means never. */
  readonly delayManifest?: (job: ImportJob) => number;
  /** Called with the image sets of each job that has ended. */
  readonly onImported?: (job: ImportJob, written: readonly WrittenImageSet[]) => void;
}

/** Takes submitted jobs through IN_PROGRESS to COMPLETED or FAILED. */
export class Importer {
  readonly #parts: ImporterDependencies;
  readonly #manifests: Manifests;
  readonly #queued = new Set<string>();
  readonly #running = new Map<string, RunningImport>();
  readonly #failedReports: FailedJobReports;
  readonly #givenUp = new Set<string>();
  readonly #turns = new Turns();
  #isStopped = false;

  constructor(parts: ImporterDependencies) {
    this.#parts = parts;
    this.#manifests = new Manifests(parts);
    this.#failedReports = new FailedJobReports({ ...parts, manifests: this.#manifests });
  }

  /** The runs of jobs that are SUBMITTED or IN_PROGRESS. */
  get jobIds(): string[] {
    return [...this.#queued, ...this.#running.keys()];
  }

  /** Starts a job that is SUBMITTED. */
  enqueue(jobId: string): void {
    const { transitions, importJobs, state } = this.#parts;
    const job = state.importJobs.get(jobId);
    if (job === undefined || this.#isStopped || this.#queued.has(jobId)) return;
    this.#queued.add(jobId);
    // While the job is SUBMITTED, since files that are copied into a bucket's folder cause no request to S3.
    this.#parts.workers.warmUp();
    transitions.begin({
      resources: [{ kind: "importJob", id: jobId, datastoreId: job.datastoreId, from: "SUBMITTED" }],
      since: job.submittedAt,
      lasts: "jobSubmittedMs",
      to: () => "IN_PROGRESS",
      leave: (failure) => {
        this.#queued.delete(jobId);
        if (failure === undefined) this.#start(importJobs.begin(jobId));
        else void this.fail(job, failure);
      },
    });
  }

  /** Undefined for a job that is not IN_PROGRESS here. */
  progressOf(jobId: string): Progress | undefined {
    return this.#running.get(jobId)?.parts.ledger.progress;
  }

  /** The outcome of the files of a job that is in progress, or about to end. */
  filesOf(jobId: string): FileCounts | undefined {
    return this.#running.get(jobId)?.parts.ledger.counts;
  }

  /** Resumes jobs that a stop of the process interrupted; their work is done again. */
  resume(): void {
    this.#parts.merges?.resume();
    for (const job of this.#parts.importJobs.unfinished()) {
      this.#parts.log.info(`import job ${job.jobId} is ${job.jobStatus}: resuming it`);
      this.take(job);
    }
  }

  /** Continues a job from its current status. */
  take(job: ImportJob): void {
    if (job.jobStatus === "SUBMITTED") this.enqueue(job.jobId);
    else if (job.jobStatus === "IN_PROGRESS" && !this.#running.has(job.jobId)) this.#start(job);
  }

  /**
   * Ends a job as FAILED, at once, with a message. Resolves once its work has drained, its report is written
   * and its blobs are deleted.
   */
  fail(job: ImportJob, message: string): Promise<void> {
    const run = this.#running.get(job.jobId);
    this.#setFailed(job, run, message);
    this.#parts.transitions.cancelPending({ kind: "importJob", id: job.jobId });
    this.#queued.delete(job.jobId);
    if (run !== undefined) this.#abort(run);
    const cleared = this.#parts.clock.during(this.#clear(job, run));
    if (run !== undefined) run.ended = cleared;
    return cleared;
  }

  /** Resolves once a job that has left IN_PROGRESS shows its final status. */
  async whenEnded(jobId: string): Promise<void> {
    await this.#running.get(jobId)?.ended;
  }

  /**
   * Ends the work on jobs at once, and leaves their status unchanged.
   * @returns resolves once no work on them is in flight, and their blobs are deleted
   */
  async cancel(jobIds: Iterable<string>): Promise<void> {
    await Promise.all([...jobIds].map((jobId) => this.#cancelPending(jobId)));
  }

  /** As `cancel`, for jobs that no longer exist: reports of failures are not written either. */
  async giveUp(jobIds: Iterable<string>): Promise<void> {
    for (const jobId of jobIds) {
      this.#givenUp.add(jobId);
      this.#failedReports.abort(jobId);
      this.#manifests.cancelPending(jobId);
    }
    await this.cancel(jobIds);
  }

  /** All jobs, and reports of failed jobs. */
  giveUpAll(): Promise<void> {
    return this.giveUp(new Set([...this.jobIds, ...this.#failedReports.jobIds, ...this.#manifests.jobIds]));
  }

  /** Jobs in progress are resumed at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.cancel(this.jobIds);
  }

  async #cancelPending(jobId: string): Promise<void> {
    this.#parts.transitions.cancelPending({ kind: "importJob", id: jobId });
    this.#queued.delete(jobId);
    const run = this.#running.get(jobId);
    if (run !== undefined) this.#abort(run);
    await run?.imported;
    if (!this.#givenUp.has(jobId)) run?.parts.inHand.stop();
    await (run?.ended ?? run?.undo());
    if (this.#running.get(jobId) === run) this.#running.delete(jobId);
  }

  #abort(run: RunningImport): void {
    run.abort();
    this.#parts.workers.cancel(run.parts.signal);
  }

  #start(job: ImportJob): void {
    const { state, quotas, blobs, merges } = this.#parts;
    const inHand = this.#takeUp(job);
    const run = new RunningImport(blobs, foldersOf(job), inHand, (parts) => merges?.begin(parts, job));
    run.perform(async () => {
      const datastore = state.datastores.get(job.datastoreId);
      if (datastore === undefined) throw new Error(`data store ${job.datastoreId} does not exist`);
      const limits = importLimits(quotas, datastore);
      return runImport({ ...this.#partsOf(run), limits }, job, datastore);
    });
    this.#running.set(job.jobId, run);
    this.#awaitEnd(job, run);
  }

  #partsOf({ parts, merge }: RunningImport) {
    return { ...this.#parts, ...parts, merge, manifests: this.#manifests };
  }

  /** IN_PROGRESS until the work has ended, and the minimum time is over. */
  #awaitEnd(job: ImportJob, run: RunningImport): void {
    const { transitions, clock } = this.#parts;
    transitions.begin({
      resources: [{ kind: "importJob", id: job.jobId, datastoreId: job.datastoreId, from: "IN_PROGRESS" }],
      since: job.startedAt ?? clock.now(),
      lasts: "jobInProgressMs",
      work: run.imported,
      to: () => ("error" in run.outcome ? "FAILED" : "COMPLETED"),
      leave: (failure) => {
        if (failure === undefined && run.outdatedMerge !== undefined)
          return this.#repeat(job, run, run.outdatedMerge);
        run.ended = clock.during(this.#end(job, run, failure));
      },
    });
  }

  #repeat(job: ImportJob, run: RunningImport, merge: JobMerge): void {
    run.perform(() => repeatMerge(this.#partsOf(run), merge, job));
    this.#awaitEnd(job, run);
  }

  #takeUp(job: ImportJob): FilesInHand {
    const { jobRecords, log } = this.#parts;
    const inHand = new FilesInHand(jobRecords.of(job), this.#turns);
    const { suspects, culprits } = inHand.deaths;
    if (suspects.size + culprits.size > 0)
      log.warn(
        `import job ${job.jobId}: the process ended with ${suspects.size} files in flight: they are imported last, ` +
          `each alone; ${culprits.size} files ended it alone: they are not tried again`,
      );
    return inHand;
  }

  /** Removes a run that has ended; a resumed run uses its record. */
  #forget({ jobId, datastoreId }: ImportJob, run: RunningImport | undefined): void {
    const { state, jobRecords } = this.#parts;
    if (this.#running.get(jobId) === run) this.#running.delete(jobId);
    const status = state.importJobs.get(jobId)?.jobStatus;
    if (status !== undefined && NEXT_JOB_STATUS[status].length === 0)
      jobRecords.remove({ jobId, datastoreId });
  }

  /** @param failure the message, if a rule makes it fail */
  async #end(job: ImportJob, run: RunningImport, failure: string | undefined): Promise<void> {
    const { outcome } = run;
    if (failure !== undefined) return this.#abandon(job, run, failure);
    const abandon = (error: unknown): Promise<void> =>
      this.#abandon(job, run, describeFailedJob(job, error, this.#parts.log));
    if ("error" in outcome) return abandon(outcome.error);
    try {
      run.parts.inHand.commit();
      this.#commit(job, run, outcome.written);
    } catch (error) {
      return abandon(error);
    }
    // Its image sets are visible: from here on nothing may remove their files.
    this.#manifests.jobEnded(job.jobId);
    await run.merge?.end();
    this.#forget(job, run);
    this.#parts.onImported?.(job, outcome.written);
  }

  /** The image sets and the end of their job are one change, so both become visible together. */
  #commit({ jobId }: ImportJob, { merge }: RunningImport, written: readonly WrittenImageSet[]): void {
    const { state, imageSets, importJobs } = this.#parts;
    state.update((change) => {
      for (const imageSet of written) imageSets.create(change, imageSet);
      merge?.commit(change);
      importJobs.complete(change, jobId);
    });
  }

  /** The report exists before the job is shown as FAILED. */
  async #abandon(job: ImportJob, run: RunningImport, message: string): Promise<void> {
    const { state } = this.#parts;
    await this.#report(job, run);
    const isWaiting = state.importJobs.get(job.jobId)?.jobStatus === "IN_PROGRESS" && !run.isAborted;
    if (isWaiting && !this.#isStopped) {
      this.#setFailed(job, run, message);
      this.#manifests.jobEnded(job.jobId);
    }
    await run.undo();
    this.#forget(job, run);
  }

  /** With the job, what it was merging fails. */
  #setFailed({ jobId }: ImportJob, run: RunningImport | undefined, message: string): void {
    const { state, importJobs } = this.#parts;
    state.update((change) => {
      importJobs.fail(jobId, message);
      run?.merge?.fail(change, message);
    });
  }

  /** The rest of the work for a job that is already FAILED. */
  async #clear(job: ImportJob, run: RunningImport | undefined): Promise<void> {
    await run?.imported;
    await this.#report(job, run);
    this.#manifests.jobEnded(job.jobId);
    await run?.undo();
    this.#forget(job, run);
  }

  async #report(job: ImportJob, run: RunningImport | undefined): Promise<void> {
    if (!this.#givenUp.has(job.jobId)) await this.#failedReports.write(job, run?.parts.ledger);
  }
}
