import { describe, expect, test } from "vitest";
import { behavioursOf } from "../../src/api/releases/behaviours.ts";
import { SERVICE_RELEASES, type ServiceRelease } from "../../src/api/releases/service-release.ts";
import { foldersOf } from "../../src/domain/import-jobs/import-job.ts";
import { writeReport } from "../../src/importer/job-report.ts";
import { Ledger } from "../../src/importer/job-report.ts";

const JOB = {
  jobId: "job",
  datastoreId: "store",
  jobName: null,
  jobStatus: "IN_PROGRESS",
  dataAccessRoleArn: "r",
  inputS3Uri: "s3://bucket/in/",
  outputS3Uri: "s3://bucket/out/",
  inputOwnerAccountId: null,
  submittedAt: 0,
  startedAt: 0,
  endedAt: null,
  message: null,
} as const;

/** The objects of a report by key, of a job with a success, a warned success and a failure. */
async function report(release: ServiceRelease): Promise<Map<string, string>> {
  const ledger = new Ledger();
  ledger.open(["in/a", "in/b", "in/c"]);
  ledger.succeed(0, { imageSetId: "x", imageSetVersion: 2, isPrimary: true });
  ledger.succeed(2, { imageSetId: "x", imageSetVersion: 2, isPrimary: true }, [
    { type: "InvalidUidFormat", message: "A UID is odd" },
  ]);
  ledger.fail(1, { exceptionType: "ValidationException", message: "no" });
  const written = new Map<string, string>();
  const objects = {
    write: async (_: string, key: string, bytes: Uint8Array) => void written.set(key, String(bytes)),
  };
  const manifests = { write: (_: unknown, write: () => Promise<void>) => write() };
  const parts = { objects, manifests, behaviours: behavioursOf(release) };
  await writeReport(parts, JOB, foldersOf(JOB).output, ledger.result(), new AbortController().signal);
  return written;
}

const readLines = (written: Map<string, string>, path: string): unknown[] =>
  (written.get(`out/${path}`) ?? "")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);

describe("the report of a job", () => {
  test.each(SERVICE_RELEASES)("of %s tells successes, warned ones too, and failures", async (release) => {
    const written = await report(release);
    const successes = readLines(written, "SUCCESS/success.ndjson");
    expect(successes).toMatchObject([{ inputFile: "in/a" }, { inputFile: "in/c" }]);
    expect(readLines(written, "FAILURE/failure.ndjson")).toEqual([
      { inputFile: "in/b", exception: { exceptionType: "ValidationException", message: "no" } },
    ]);
    expect([...written.keys()].at(-1)).toBe("out/job-output-manifest.json");
  });

  test("of 2024-05 names image sets by their id, and has no warnings", async () => {
    const written = await report("2024-05");
    expect([...written.keys()]).not.toContain("out/WARNING/warning.ndjson");
    expect(readLines(written, "SUCCESS/success.ndjson")[0]).toEqual({
      inputFile: "in/a",
      importResponse: { imageSetId: "x" },
    });
    const [manifest] = readLines(written, "job-output-manifest.json");
    expect(manifest).not.toHaveProperty("jobSummary.warningsOutputS3Uri");
    expect(manifest).toHaveProperty("jobSummary.imageSetsSummary", [
      { imageSetId: "x", numberOfMatchedSOPInstances: 2 },
    ]);
  });

  test("of 2026-06 tells the version, whether it is primary, and the warnings", async () => {
    const written = await report("2026-06");
    const imageSet = { imageSetId: "x", imageSetVersion: 2, isPrimary: true };
    const warnings = [{ warning_reason_code: 45570, type: "InvalidUidFormat", message: "A UID is odd" }];
    expect(readLines(written, "SUCCESS/success.ndjson")[1]).toEqual({
      inputFile: "in/c",
      importResponse: imageSet,
    });
    expect(readLines(written, "WARNING/warning.ndjson")).toEqual([
      { inputFile: "in/c", importResponse: { ...imageSet, warnings } },
    ]);
    expect(readLines(written, "job-output-manifest.json")[0]).toMatchObject({
      jobSummary: {
        warningsOutputS3Uri: "s3://bucket/out/WARNING/",
        numberOfImportedFiles: 2,
        imageSetsSummary: [{ ...imageSet, numberOfMatchedSOPInstances: 2 }],
      },
    });
  });
});
