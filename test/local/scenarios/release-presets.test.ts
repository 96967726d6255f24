import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ComposeOptions } from "../../../src/index.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, importFiles, readLines, readText } from "../../clients.ts";
import { findImageSets, settle } from "../../contract/image-sets/image-sets.ts";
import { importStudy, statusOf, studyUpdate } from "../../contract/releases/studies.ts";
import { openFaulty, TRANSPORTS, type Faulty } from "./faulty.ts";

const NEWER = { serviceRelease: "2026-06" } as const satisfies ComposeOptions;
const PRESETS = ["merge-failed", "merge-stuck", "study-update-failed"];
const SEX = { updatable: { Patient: { DICOM: { PatientSex: "O" } } } };

describe("a preset of release 2026-06", () => {
  test.each(PRESETS)("%s is refused by 2024-05, which says what it needs", async (name) => {
    await using faulty = await openFaulty("in process");
    const { status, json } = await faulty.local("POST", `/_local/scenarios/${name}/activate`);
    expect([status, json]).toEqual([
      422,
      {
        message: expect.stringMatching(
          /is not a transient status of imageSet .*\(it is one of service release 2026-06: start the emulator with --service-release 2026-06\)$/,
        ) as string,
      },
    ]);
    await expect(openFaulty("in process", { scenarios: [name] })).rejects.toThrow(
      "--service-release 2026-06",
    );
  });

  test("is listed by both", async () => {
    for (const options of [{}, NEWER]) {
      await using faulty = await openFaulty("in process", options);
      const { json } = await faulty.local("GET", "/_local/scenarios");
      expect((json as { presets: string[] }).presets).toEqual(expect.arrayContaining(PRESETS));
    }
  });
});

describe.each(TRANSPORTS)("with release 2026-06 (%s)", (transport) => {
  let faulty: Faulty;
  let datastoreId: string;
  beforeEach(async () => {
    faulty = await openFaulty(transport, NEWER);
    datastoreId = await createActiveDatastore(faulty.medicalImaging);
  });
  afterEach(() => faulty[Symbol.asyncDispose]());

  const files = Object.fromEntries(createSampleSeries(2).map(({ name, bytes }) => [name, bytes]));
  const activate = async (name: string) =>
    expect((await faulty.local("POST", `/_local/scenarios/${name}/activate`)).status).toBe(200);
  const verify = async (name: string) =>
    (await faulty.local("POST", `/_local/scenarios/${name}/verify`)).json;

  test("merge-stuck: an image set is IMPORTING and its job IN_PROGRESS until they are released", async () => {
    await importFiles(faulty, datastoreId, "dicom", files);
    const [imageSetId = ""] = await findImageSets(faulty, datastoreId);
    await activate("merge-stuck");
    const { jobId = "" } = await faulty.medicalImaging.startDICOMImportJob({
      datastoreId,
      dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
      inputS3Uri: "s3://dicom/input/",
      outputS3Uri: "s3://dicom/output/",
    });
    const wait = (resource: string, status: string) =>
      faulty.local("GET", `/_local/wait?resource=${resource}&status=${status}`);
    await wait(`imageSet/${imageSetId}`, "IMPORTING");
    faulty.clock.freeze();
    await faulty.clock.advance(86_400_000);
    expect(await statusOf(faulty, datastoreId, imageSetId)).toBe("2 LOCKED IMPORTING");
    const { jobProperties } = await faulty.medicalImaging.getDICOMImportJob({ datastoreId, jobId });
    expect(jobProperties?.jobStatus).toBe("IN_PROGRESS");
    expect(await faulty.local("GET", "/_local/scenarios/merge-stuck/status")).toMatchObject({
      json: { held: [{ resource: `imageSet/${imageSetId}`, status: "LOCKED/IMPORTING", rule: "stuck" }] },
    });
    faulty.clock.resume();
    await faulty.local("POST", "/_local/scenarios/merge-stuck/signal", '{"signal": "release"}');
    expect(await wait(`importJob/${jobId}`, "COMPLETED")).toMatchObject({ status: 200 });
    expect(await statusOf(faulty, datastoreId, imageSetId)).toBe("2 ACTIVE IMPORTED");
    expect(await verify("merge-stuck")).toMatchObject({ ok: true });
  });

  test("merge-failed: files that are not merged are failures, and the image set has its old content", async () => {
    await importFiles(faulty, datastoreId, "dicom", files);
    const [imageSetId = ""] = await findImageSets(faulty, datastoreId);
    await activate("merge-failed");
    const { job } = await importFiles(faulty, datastoreId, "again", files);
    expect(job.jobStatus).toBe("COMPLETED");
    const { outputS3Uri = "" } = job;
    expect(await readText(faulty.s3, `${outputS3Uri}job-output-manifest.json`)).toContain(
      '"numberOfImportedFiles":0',
    );
    expect(await readLines(faulty.s3, `${outputS3Uri}FAILURE/failure.ndjson`)).toHaveLength(2);
    expect(await statusOf(faulty, datastoreId, imageSetId)).toBe(
      "2 ACTIVE IMPORT_FAILED INTERNAL_ERROR:  The instances could not be merged.",
    );
    expect(await findImageSets(faulty, datastoreId)).toEqual([imageSetId]);
    expect(await verify("merge-failed")).toMatchObject({ ok: true });
  });

  test("study-update-failed: all image sets of the study fail with the same message", async () => {
    const primaries = await importStudy(faulty, datastoreId, "study", { series: 3 });
    await activate("study-update-failed");
    await faulty.medicalImaging.send(studyUpdate(datastoreId, primaries[0] ?? "", SEX));
    for (const imageSetId of primaries) {
      await settle(faulty, datastoreId, imageSetId);
      expect(await statusOf(faulty, datastoreId, imageSetId)).toBe(
        "2 ACTIVE UPDATE_FAILED INTERNAL_ERROR:  An image set of the study could not be updated.",
      );
    }
    expect(await verify("study-update-failed")).toMatchObject({ ok: true });
  });
});
