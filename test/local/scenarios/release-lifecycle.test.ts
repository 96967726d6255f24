import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createActiveDatastore, importFiles, readLines } from "../../clients.ts";
import {
  importStudy,
  instanceOf,
  seriesUid,
  STUDY,
  statusOf,
  studyUpdate,
} from "../../contract/releases/studies.ts";
import { until } from "../../until.ts";
import { openFaulty, type Faulty } from "./faulty.ts";

const SEX = { updatable: { Patient: { DICOM: { PatientSex: "O" } } } };

let faulty: Faulty;
let datastoreId: string;
let first: string;
let second: string;
beforeEach(async () => {
  faulty = await openFaulty("in process", { serviceRelease: "2026-06" });
  datastoreId = await createActiveDatastore(faulty.medicalImaging);
  [first = "", second = ""] = await importStudy(faulty, datastoreId, "study");
});
afterEach(() => faulty[Symbol.asyncDispose]());

/** Further instances of the series, in one job. */
const more = (...series: number[]) =>
  importFiles(
    faulty,
    datastoreId,
    "more",
    Object.fromEntries(series.map((index) => [`${index}.dcm`, instanceOf(STUDY, index, `1.2.3.9.${index}`)])),
  );
const statuses = () => Promise.all([first, second].map((id) => statusOf(faulty, datastoreId, id)));
const put = (imageSetId: string, what: "hold" | "status", body: object) =>
  faulty.local("PUT", `/_local/resources/imageSet/${imageSetId}/${what}`, JSON.stringify(body));
const release = () => faulty.local("DELETE", "/_local/resources/imageSet/*/hold");
const becomes = (imageSetId: string, status: string) =>
  until(
    () => statusOf(faulty, datastoreId, imageSetId),
    (found) => found.endsWith(status),
  );
const failures = async ({ job }: Awaited<ReturnType<typeof more>>) =>
  readLines(faulty.s3, `${job.outputS3Uri}FAILURE/failure.ndjson`);

/** Whether the hold is all that its job waits for. */
async function mergesAreDone(): Promise<boolean> {
  const { jobSummaries = [] } = await faulty.medicalImaging.listDICOMImportJobs({ datastoreId });
  const jobId = jobSummaries.find(({ jobStatus }) => jobStatus === "IN_PROGRESS")?.jobId;
  if (jobId === undefined) return false;
  const wait = `/_local/wait?resource=importJob/${jobId}&status=COMPLETED&timeout=1ms`;
  const { json } = await faulty.local("GET", wait);
  return JSON.stringify(json).includes("and is held");
}

const rule = (from: string, dicom: string, effect: string) =>
  `rules: [{ id: r, match: { transition: { resource: imageSet, from: ${from} }, imageSet: { dicom: { ${dicom} } } }, effects: [${effect}] }]`;
const FAIL = '{ fail: { message: "no" } }';

describe("a rule about IMPORTING", () => {
  test.each([
    [`SeriesInstanceUID: ${seriesUid(1)}`, ["2 ACTIVE IMPORTED", "2 ACTIVE IMPORT_FAILED no"], 1],
    [`StudyInstanceUID: ${STUDY}`, Array(2).fill("2 ACTIVE IMPORT_FAILED no"), 2],
    ["StudyInstanceUID: 1.2.9", Array(2).fill("2 ACTIVE IMPORTED"), 0],
  ])("fails the merges that match %s, and their files", async (dicom, expected, count) => {
    await faulty.play(rule("IMPORTING", dicom, FAIL));
    const finished = await more(0, 1);
    expect(await statuses()).toEqual(expected);
    if (count > 0) expect(await failures(finished)).toHaveLength(count);
  });

  test("holds one series, and the job with it", async () => {
    await faulty.play(rule("IMPORTING", `SeriesInstanceUID: ${seriesUid(1)}`, "{ hold: { signal: go } }"));
    const importing = more(0, 1);
    await becomes(second, "IMPORTING");
    expect(await statuses()).toEqual(Array(2).fill("2 LOCKED IMPORTING"));
    await until(
      () => faulty.local("POST", "/_local/scenarios/test/signal", '{"signal": "go"}'),
      ({ status }) => status === 200,
    );
    expect((await importing).job.jobStatus).toBe("COMPLETED");
    expect(await statuses()).toEqual(Array(2).fill("2 ACTIVE IMPORTED"));
  });

  test("delays it on the emulator's clock, also a frozen one", async () => {
    await faulty.play(rule("LOCKED", `SeriesInstanceUID: ${seriesUid(1)}`, "{ delay: { for: 10m } }"));
    const importing = more(1);
    await becomes(second, "IMPORTING");
    faulty.clock.freeze();
    await faulty.clock.advance(599_000);
    expect(await statusOf(faulty, datastoreId, second)).toBe("2 LOCKED IMPORTING");
    await faulty.clock.advance(2_000);
    faulty.clock.resume();
    expect((await importing).job.jobStatus).toBe("COMPLETED");
  });
});

describe("a rule about UPDATING_FOR_STUDY_CONSISTENCY", () => {
  test("of one series holds the whole study", async () => {
    const from = "UPDATING_FOR_STUDY_CONSISTENCY";
    await faulty.play(rule(from, `SeriesInstanceUID: ${seriesUid(1)}`, "{ hold: { signal: go } }"));
    await faulty.medicalImaging.send(studyUpdate(datastoreId, first, SEX));
    faulty.clock.freeze();
    await faulty.clock.advance(86_400_000);
    expect(await statuses()).toEqual(["2 LOCKED UPDATING", `2 LOCKED ${from}`]);
    await faulty.local("POST", "/_local/scenarios/test/signal", '{"signal": "go"}');
    expect(await statuses()).toEqual(Array(2).fill("2 ACTIVE UPDATED"));
  });

  test("of the image set of the call does not match", async () => {
    const from = "UPDATING_FOR_STUDY_CONSISTENCY";
    await faulty.play(rule(from, `SeriesInstanceUID: ${seriesUid(0)}`, FAIL));
    await faulty.medicalImaging.send(studyUpdate(datastoreId, first, SEX));
    await becomes(first, "UPDATED");
    expect(await statuses()).toEqual(Array(2).fill("2 ACTIVE UPDATED"));
  });
});

describe("a merge that is set by hand", () => {
  test("to IMPORT_FAILED fails its files, and others of the job go on", async () => {
    await put("*", "hold", { status: "IMPORTING" });
    const importing = more(0, 1);
    await becomes(second, "IMPORTING");
    expect(await put(second, "status", { status: "IMPORT_FAILED", message: "by hand" })).toMatchObject({
      status: 200,
      json: { status: "ACTIVE/IMPORT_FAILED", message: "by hand" },
    });
    await release();
    expect(await failures(await importing)).toHaveLength(1);
    expect(await statuses()).toEqual(["2 ACTIVE IMPORTED", "2 ACTIVE IMPORT_FAILED by hand"]);
  });

  test("to IMPORTED ends the hold", async () => {
    await put("*", "hold", { status: "IMPORTING" });
    const importing = more(1);
    await becomes(second, "IMPORTING");
    await put(second, "status", { status: "IMPORTED" });
    expect((await importing).job.jobStatus).toBe("COMPLETED");
    expect(await statusOf(faulty, datastoreId, second)).toBe("2 ACTIVE IMPORTED");
  });

  test("to IMPORT_FAILED while its job is held IN_PROGRESS is IMPORT_FAILED at once", async () => {
    await faulty.local("PUT", "/_local/resources/importJob/*/hold", '{"status": "IN_PROGRESS"}');
    const importing = more(0, 1);
    await until(mergesAreDone, (areDone) => areDone);
    expect(await statuses()).toEqual(Array(2).fill("2 LOCKED IMPORTING"));
    await put(second, "status", { status: "IMPORT_FAILED", message: "by hand" });
    expect(await statuses()).toEqual(["2 LOCKED IMPORTING", "2 ACTIVE IMPORT_FAILED by hand"]);
    await faulty.local("DELETE", "/_local/resources/importJob/*/hold");
    expect(await failures(await importing)).toHaveLength(1);
    expect(await statuses()).toEqual(["2 ACTIVE IMPORTED", "2 ACTIVE IMPORT_FAILED by hand"]);
  });
});
