import type { Clock } from "../domain/time/clock.ts";
import type { ImportJob } from "../domain/import-jobs/import-job.ts";
import type { Log } from "../domain/log.ts";

interface ManifestsDependencies {
  readonly clock: Clock;
  readonly log: Log;
  /** How long after the end of its job a manifest comes: not later where left out or 0, Infinity is never. */
  readonly delayManifest?: ((job: ImportJob) => number) | undefined;
}

interface Late {
  readonly delayMs: number;
  write: () => Promise<void>;
}

/** The manifests of jobs, of which some are to come late or never. */
export class Manifests {
  readonly #parts: ManifestsDependencies;
  /** The manifests of jobs that have not ended. */
  readonly #decided = new Map<string, Late>();
  /** By job: calls off a manifest that is to come. */
  readonly #awaited = new Map<string, () => void>();

  constructor(parts: ManifestsDependencies) {
    this.#parts = parts;
  }

  /** Now, or when its job has ended and its delay is over: decided once a job. */
  async write(job: ImportJob, write: () => Promise<void>): Promise<void> {
    const late = this.#decided.get(job.jobId) ?? { delayMs: this.#parts.delayManifest?.(job) ?? 0, write };
    if (late.delayMs <= 0) return write();
    late.write = write;
    this.#decided.set(job.jobId, late);
  }

  /** Its job shows how it ended. */
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
      this.#parts.log.warn(`import job ${jobId} left no manifest: ${String(error)}`),
    );
  }
}
