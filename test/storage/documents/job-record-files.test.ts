import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JobRecordFiles } from "../../../src/storage/documents/job-record-files.ts";

const JOB = { datastoreId: "d", jobId: "j" };

let root: string;
let warnings: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "healthimaging-local-records-"));
  warnings = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

const records = (): JobRecordFiles =>
  new JobRecordFiles(root, { info: () => {}, warn: (text) => void warnings.push(text), error: () => {} });
const folder = (): string => join(root, "datastores/d/import-jobs");
const path = (): string => join(folder(), "j.in-hand.ndjson");

describe("the record of a job", () => {
  test("is read by the next process, without a line that was cut off", () => {
    const record = records().of(JOB);
    expect(record.read()).toEqual([]);
    record.begin(["a"]);
    record.append(["b", "c"]);
    writeFileSync(path(), "cut", { flag: "a" });
    expect(records().of(JOB).read()).toEqual(["a", "b", "c"]);
    expect(warnings).toEqual([]);
  });

  test("does not return after its data store is deleted", async () => {
    const record = records().of(JOB);
    record.begin(["a"]);
    await rm(join(root, "datastores"), { recursive: true });
    record.append(["b"]);
    expect(records().of(JOB).read()).toEqual([]);
    records().remove(JOB);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["a link out of the folder", () => symlinkSync(join(root, "victim"), path())],
    ["a folder", () => mkdirSync(path())],
    // Windows has no FIFOs.
    ...(process.platform === "win32"
      ? []
      : [["a FIFO", () => execFileSync("mkfifo", [path()])] as [string, () => void]]),
  ])("is left out, with one line in the log, where %s is in its place", (_, put) => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(root, "victim"), "mine\n");
    put();
    const record = records().of(JOB);
    record.begin(["a"]);
    record.append(["b"]);
    expect(readFileSync(join(root, "victim"), "utf8")).toBe("mine\n");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(path());
  });
});
