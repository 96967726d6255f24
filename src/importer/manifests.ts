import type { Clock } from "../domain/time/clock.ts";
import type { ImportJob } from "../domain/import-jobs/import-job.ts";
import type { Log } from "../domain/log.ts";

interface ManifestsDependencies {
  readonly clock: Clock;
  readonly log: Log;
  /** Delay of a job's manifest after the end of the job: none if left out or 0; Infinity means never. */
  readonly delayManifest?: ((job: ImportJob) => number) | undefined;
}

interface Late {
  readonly delayMs: number;
  write: () => Promise<void>;
}

/** The manifests of jobs, some of which are written late or never. */
export class Manifests {
  readonly #parts: ManifestsDependencies;
  /** The manifests of jobs that have not ended. */
  readonly #decided = new Map<string, Late>();
  /** By job: cancels a pending manifest. */
  readonly #awaited = new Map<string, () => void>();

  constructor(parts: ManifestsDependencies) {
    this.#parts = parts;
  }

  /**
   * Writes it now, or once its job has ended and its delay is over. The delay is decided once for each job.
   */
  async write(job: ImportJob, write: () => Promise<void>): Promise<void> {
    const late = this.#decided.get(job.jobId) ?? { delayMs: this.#parts.delayManifest?.(job) ?? 0, write };
    if (late.delayMs <= 0) return write();
    late.write = write;
    this.#decided.set(job.jobId, late);
  }

  /** Call it once the job shows its final status. */
  jobEnded(jobId: string): void {
    const late = this.#decided.get(jobId);
    this.#decided.delete(jobId);
    if (late === undefined || !Number.isFinite(late.delayMs)) return;
    const { clock } = this.#parts;
    const cancel = clock.schedule(late.delayMs, () => {
      this.#awaited.delete(jobId);
      void clock.during(this.#writeLate(jobId, late));
    });
    this.#awaited.set(jobId, cancel);
  }

  /** The jobs whose manifests are not written yet. */
  get jobIds(): Iterable<string> {
    return this.#awaited.keys();
  }

  cancelPending(jobId: string): void {
    this.#decided.delete(jobId);
    this.#awaited.get(jobId)?.();
    this.#awaited.delete(jobId);
  }

  async #writeLate(jobId: string, { write }: Late): Promise<void> {
    await write().catch((error: unknown) =>
      this.#parts.log.warn(`import job ${jobId} has no manifest: ${String(error)}`),
    );
  }
}
