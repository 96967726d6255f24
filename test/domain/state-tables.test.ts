import fc from "fast-check";
import { expect, test } from "vitest";
import type { Caller } from "../../src/domain/caller.ts";
import { NEXT_DATASTORE_STATUS } from "../../src/domain/datastores/datastore.ts";
import { Datastores } from "../../src/domain/datastores/datastores.ts";
import { NEXT_JOB_STATUS } from "../../src/domain/import-jobs/import-job.ts";
import { ImportJobs } from "../../src/domain/import-jobs/import-jobs.ts";
import { Quotas } from "../../src/domain/limits/quotas.ts";
import type { Change } from "../../src/domain/state.ts";
import { MemoryState } from "../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../manual-clock.ts";
import { createTransitions } from "../transitions.ts";

const CALLER: Caller = { account: "000000000000", region: "us-east-1", accessKeyId: "test" };
const JOB = { dataAccessRoleArn: "r", inputS3Uri: "s3://bucket/in", outputS3Uri: "s3://bucket/out" };

/** Everything that can be asked of data stores and jobs, on the `at`-th of what is there. */
const STEPS = ["create", "delete", "submit", "begin", "fail", "complete", "pass", "push"] as const;

const DATASTORE_STATUSES = Object.keys(NEXT_DATASTORE_STATUS) as (keyof typeof NEXT_DATASTORE_STATUS)[];

/** Every status that a change has put, in order, by resource. */
class History {
  readonly of = new Map<string, string[]>();

  readonly keep = (changes: readonly Change[]): void => {
    for (const change of changes) {
      if (change.kind === "datastores")
        this.#add(change.document.datastoreId, change.document.datastoreStatus);
      if (change.kind === "importJobs") this.#add(change.document.jobId, change.document.jobStatus);
    }
  };

  #add(id: string, status: string): void {
    this.of.set(id, [...(this.of.get(id) ?? []), status]);
  }
}

test("data stores and jobs follow their state tables under any requests in any order", () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.nat(2), fc.nat(600)), { maxLength: 40 });
  let seen = 0;
  fc.assert(
    fc.property(steps, (wanted) => {
      const clock = new ManualClock();
      const history = new History();
      const state = new MemoryState(history.keep);
      const quotas = new Quotas();
      let last = 0;
      const createId = (): string => String(++last);
      const datastores = new Datastores({
        state,
        clock,
        createId,
        transitions: createTransitions(clock),
        quotas,
      });
      const importJobs = new ImportJobs({ state, clock, createId, datastores, quotas });
      datastores.create(CALLER, {});
      datastores.create(CALLER, {});
      clock.advance(500);
      for (const [step, at, milliseconds] of wanted) {
        const datastoreId = [...state.datastores.values()][at]?.datastoreId ?? "none";
        const jobId = [...state.importJobs.values()][at]?.jobId ?? "none";
        const perform = {
          create: () => datastores.create(CALLER, {}),
          delete: () => datastores.delete(CALLER, datastoreId),
          submit: () => importJobs.submit(CALLER, { ...JOB, datastoreId }),
          begin: () => importJobs.begin(jobId),
          fail: () => importJobs.fail(jobId, "no"),
          complete: () => state.update((change) => importJobs.complete(change, jobId)),
          pass: () => clock.advance(milliseconds),
          push: () => datastores.moveTo(datastoreId, DATASTORE_STATUSES[milliseconds % 5] ?? "ACTIVE", false),
        }[step];
        try {
          perform();
        } catch {
          // Refused: then nothing may have been put, which the history would show.
        }
      }
      for (const statuses of history.of.values()) {
        const table: Readonly<Record<string, readonly string[]>> = {
          ...NEXT_DATASTORE_STATUS,
          ...NEXT_JOB_STATUS,
        };
        expect(["CREATING", "SUBMITTED"]).toContain(statuses[0]);
        for (const [index, status] of statuses.slice(1).entries()) {
          expect(table[statuses[index] ?? ""]).toContain(status);
          seen += 1;
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(seen).toBeGreaterThan(300);
});
