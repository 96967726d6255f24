import { describe, expect, test } from "vitest";
import type { Caller } from "../../../src/domain/caller.ts";
import { NEXT_DATASTORE_STATUS } from "../../../src/domain/datastores/datastore.ts";
import { Datastores } from "../../../src/domain/datastores/datastores.ts";
import { NEXT_JOB_STATUS } from "../../../src/domain/import-jobs/import-job.ts";
import { ImportJobs } from "../../../src/domain/import-jobs/import-jobs.ts";
import { Quotas } from "../../../src/domain/limits/quotas.ts";
import { MemoryState } from "../../../src/storage/documents/memory-state.ts";
import { ManualClock } from "../../manual-clock.ts";
import { createTransitions } from "../../transitions.ts";

const CALLER: Caller = { account: "000000000000", region: "us-east-1", accessKeyId: "test" };

const quotas = new Quotas();

function build() {
  const clock = new ManualClock();
  const state = new MemoryState();
  let last = 0;
  const createId = (): string => String(++last).padStart(32, "0");
  const datastores = new Datastores({
    state,
    clock,
    createId,
    transitions: createTransitions(clock),
    quotas,
  });
  const importJobs = new ImportJobs({ state, clock, createId, datastores, quotas });
  return { clock, state, datastores, importJobs };
}

const throwsCode = (code: string) => expect.objectContaining({ code });

describe("data stores", () => {
  test("are CREATING for half a second, then ACTIVE, with updatedAt unchanged", () => {
    const { clock, datastores } = build();
    const { datastoreId, datastoreStatus, createdAt } = datastores.create(CALLER, { datastoreName: "a" });
    expect(datastoreStatus).toBe("CREATING");
    clock.advance(499);
    expect(datastores.get(CALLER, datastoreId).datastoreStatus).toBe("CREATING");
    clock.advance(1);
    expect(datastores.get(CALLER, datastoreId)).toMatchObject({
      datastoreStatus: "ACTIVE",
      updatedAt: createdAt,
    });
  });

  test("are DELETING for 300 ms, then DELETED and still visible", () => {
    const { clock, datastores } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    clock.advance(500);
    expect(datastores.delete(CALLER, datastoreId).datastoreStatus).toBe("DELETING");
    clock.advance(299);
    expect(datastores.get(CALLER, datastoreId).datastoreStatus).toBe("DELETING");
    clock.advance(1);
    expect(datastores.get(CALLER, datastoreId).datastoreStatus).toBe("DELETED");
    expect(() => datastores.delete(CALLER, datastoreId)).toThrow(throwsCode("ResourceNotFoundException"));
  });

  test("cannot be deleted while CREATING or while an import job runs", () => {
    const { clock, datastores, importJobs } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    expect(() => datastores.delete(CALLER, datastoreId)).toThrow(throwsCode("ConflictException"));
    clock.advance(500);
    importJobs.submit(CALLER, {
      datastoreId,
      dataAccessRoleArn: "r",
      inputS3Uri: "s3://b/i",
      outputS3Uri: "s3://b/o",
    });
    expect(() => datastores.delete(CALLER, datastoreId)).toThrow(throwsCode("ConflictException"));
  });

  test("of another account or region do not exist, except for an unsigned request", () => {
    const { datastores } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    for (const other of [{ account: "123456789012" }, { region: "eu-west-1" }]) {
      const stranger = { ...CALLER, ...other };
      expect(() => datastores.get(stranger, datastoreId)).toThrow(throwsCode("ResourceNotFoundException"));
      expect(datastores.list(stranger, undefined, {}).items).toEqual([]);
      expect(datastores.get({ ...stranger, accessKeyId: undefined }, datastoreId)).toMatchObject({
        datastoreId,
      });
    }
  });

  test("are listed newest first, by status", () => {
    const { clock, datastores } = build();
    const older = datastores.create(CALLER, { datastoreName: "older" });
    clock.advance(500);
    const newer = datastores.create(CALLER, { datastoreName: "newer" });
    const names = (status?: "ACTIVE" | "CREATING") =>
      datastores.list(CALLER, status, {}).items.map(({ datastoreId }) => datastoreId);
    expect(names()).toEqual([newer.datastoreId, older.datastoreId]);
    expect(names("ACTIVE")).toEqual([older.datastoreId]);
    expect(names("CREATING")).toEqual([newer.datastoreId]);
  });

  test("go on unchanged when a forced status is refused", () => {
    const { clock, datastores } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    expect(() => datastores.moveTo(datastoreId, "DELETED", false)).toThrow(
      "cannot go from CREATING to DELETED",
    );
    clock.advance(500);
    expect(datastores.get(CALLER, datastoreId).datastoreStatus).toBe("ACTIVE");
  });

  test("continue their transitions after a restart of the process", () => {
    const { clock, state, datastores } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    const later = new ManualClock();
    later.advance(clock.now() - later.now() + 400);
    const resumed = new Datastores({
      state,
      clock: later,
      createId: () => "",
      transitions: createTransitions(later),
      quotas,
    });
    resumed.resume();
    later.advance(99);
    expect(resumed.get(CALLER, datastoreId).datastoreStatus).toBe("CREATING");
    later.advance(1);
    expect(resumed.get(CALLER, datastoreId).datastoreStatus).toBe("ACTIVE");
  });
});

describe("import jobs", () => {
  const JOB = { dataAccessRoleArn: "r", inputS3Uri: "s3://bucket/in", outputS3Uri: "s3://bucket/out" };

  test("need an ACTIVE data store", () => {
    const { datastores, importJobs } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    expect(() => importJobs.submit(CALLER, { ...JOB, datastoreId })).toThrow(throwsCode("ConflictException"));
  });

  test("name the input as a folder and the output as the job's own folder", () => {
    const { clock, datastores, importJobs } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    clock.advance(500);
    const job = importJobs.submit(CALLER, { ...JOB, datastoreId });
    expect(job).toMatchObject({
      jobStatus: "SUBMITTED",
      jobName: null,
      inputS3Uri: "s3://bucket/in/",
      outputS3Uri: `s3://bucket/out/${datastoreId}-DicomImport-${job.jobId}/`,
    });
  });

  test("of one data store are not found in another", () => {
    const { clock, datastores, importJobs } = build();
    const one = datastores.create(CALLER, {});
    const other = datastores.create(CALLER, {});
    clock.advance(500);
    const { jobId } = importJobs.submit(CALLER, { ...JOB, datastoreId: one.datastoreId });
    expect(() => importJobs.get(CALLER, other.datastoreId, jobId)).toThrow(
      throwsCode("ResourceNotFoundException"),
    );
    expect(importJobs.list(CALLER, other.datastoreId, undefined, {}).items).toEqual([]);
    expect(importJobs.list(CALLER, one.datastoreId, "SUBMITTED", {}).items).toMatchObject([{ jobId }]);
    expect(importJobs.list(CALLER, one.datastoreId, "FAILED", {}).items).toEqual([]);
  });

  test("end only once", () => {
    const { clock, datastores, importJobs } = build();
    const { datastoreId } = datastores.create(CALLER, {});
    clock.advance(500);
    const { jobId } = importJobs.submit(CALLER, { ...JOB, datastoreId });
    importJobs.begin(jobId);
    importJobs.fail(jobId, "no");
    expect(importJobs.get(CALLER, datastoreId, jobId)).toMatchObject({
      jobStatus: "FAILED",
      message: "no",
      endedAt: clock.now(),
    });
    expect(() => importJobs.fail(jobId, "again")).toThrow(/cannot go from FAILED/);
    expect(() => importJobs.begin(jobId)).toThrow(/cannot go from FAILED/);
    expect(importJobs.unfinished()).toEqual([]);
  });
});

test.each(Object.entries({ NEXT_DATASTORE_STATUS, NEXT_JOB_STATUS }))(
  "the table %s reaches every state and names no other",
  (_, table) => {
    const states = Object.keys(table);
    const [first = ""] = states;
    const reached = new Set([first]);
    for (const state of reached)
      for (const next of (table as Record<string, readonly string[]>)[state] ?? []) reached.add(next);
    expect([...reached].toSorted()).toEqual(states.toSorted());
  },
);
