import { LIFETIME_MS } from "../client-tokens.ts";
import type { Clock } from "./clock.ts";
import { Expiry } from "./expiry.ts";
import type { State } from "../state.ts";

/**
 * Import jobs are kept in the list for 90 days and then archived (facts: import-jobs#retention).
 * Assumed: job-retention. From their end; an archived job is a ResourceNotFoundException, since no
 * operation reads the archive.
 */
const JOB_RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/** Drops what AWS keeps only for a limited time: ended import jobs, and client tokens. */
export class Retention {
  readonly #expiries: readonly Pick<Expiry<unknown>, "sweep" | "stop">[];

  constructor({ state, clock }: { state: State; clock: Clock }) {
    const jobs = new Expiry({
      clock,
      documents: state.importJobs,
      idOf: ({ jobId }) => jobId,
      endOf: ({ endedAt }) => (endedAt === null ? undefined : endedAt + JOB_RETENTION_MS),
      drop: (ids) => state.update(({ importJobs }) => ids.forEach((id) => importJobs.drop(id))),
    });
    const tokens = new Expiry({
      clock,
      documents: state.clientTokens,
      idOf: ({ tokenId }) => tokenId,
      endOf: ({ createdAt }) => createdAt + LIFETIME_MS,
      drop: (ids) => state.update(({ clientTokens }) => ids.forEach((id) => clientTokens.drop(id))),
    });
    this.#expiries = [jobs, tokens];
  }

  /** Drops what expired while the process was stopped. */
  resume(): void {
    for (const expiry of this.#expiries) expiry.sweep();
  }

  stop(): void {
    for (const expiry of this.#expiries) expiry.stop();
  }
}
