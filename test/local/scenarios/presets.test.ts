import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { readCodestream } from "../../../src/imaging/pixels/htj2k/codestream.ts";
import { loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { decodeFrame } from "../../../src/imaging/pixels/htj2k/decode-frame.ts";
import { checksum } from "../../../src/imaging/pixels/samples.ts";
import { presetNames } from "../../../src/local/scenarios/reading/load-scenario.ts";
import { createActiveDatastore, importFiles, readLines, readText } from "../../clients.ts";
import { codestreamOf } from "../../jph-file.ts";
import { until } from "../../until.ts";
import { findImageSets, readDocument, settle, updateCommand } from "../../contract/image-sets/image-sets.ts";
import {
  failureOf,
  importFrames,
  openFaulty,
  readFrame,
  TRANSPORTS,
  type Faulty,
  type FrameAddress,
} from "./faulty.ts";

/**
 * Each has a test, named after it: below, in dicomweb-faults.test.ts, or, for those of a newer service release, in
 * release-presets.test.ts.
 */
const TESTED = [
  "ambiguous-write",
  "conflict-on-delete",
  "datastore-create-failed",
  "dicomweb-metadata-late",
  "dicomweb-part-cut",
  "dicomweb-part-missing",
  "dicomweb-throttle",
  "flaky-5xx",
  "frame-corrupt",
  "frame-truncated",
  "import-all-fail",
  "import-partial",
  "import-stuck",
  "merge-failed",
  "merge-stuck",
  "region-outage",
  "slow-link",
  "stuck-locked",
  "study-update-failed",
  "throttle-frames",
];

test("every preset has a test", () => {
  expect(presetNames()).toEqual(TESTED);
});

describe.each(TRANSPORTS)("the presets (%s)", (transport) => {
  let faulty: Faulty;
  let frames: FrameAddress[];
  let frame: FrameAddress;
  let whole: Uint8Array;
  let active: string | undefined;
  beforeAll(async () => {
    faulty = await openFaulty(transport);
    frames = await importFrames(faulty, 4);
    [frame] = frames as [FrameAddress];
    whole = await readFrame(faulty.medicalImaging, frame);
  });
  afterEach(async () => {
    faulty.clock.resume();
    if (active !== undefined) await faulty.local("DELETE", `/_local/scenarios/${active}`);
  });
  afterAll(async () => faulty[Symbol.asyncDispose]());

  async function activate(name: string): Promise<void> {
    active = name;
    await faulty.local("DELETE", "/_local/requests");
    expect((await faulty.local("POST", `/_local/scenarios/${name}/activate`)).status).toBe(200);
  }
  const verify = async (): Promise<unknown> =>
    (await faulty.local("POST", `/_local/scenarios/${active}/verify`)).json;

  test("throttle-frames: the SDK waits and retries twice for each access key", async () => {
    await activate("throttle-frames");
    const others = faulty.connect("OTHER");
    const [mine, theirs] = await Promise.all([
      readFrame(faulty.medicalImaging, frame),
      readFrame(others, frame),
    ]);
    expect(mine).toEqual(whole);
    expect(theirs).toEqual(whole);
    expect((await faulty.attempts()).toSorted()).toEqual([
      "200",
      "200",
      ...Array(4).fill("429 ThrottlingException"),
    ]);
    expect(await verify()).toMatchObject({ ok: true });
  });

  const importPhantom = async (count: number) => {
    const datastoreId = await createActiveDatastore(faulty.medicalImaging, "imports");
    const series = createSampleSeries(count).map(({ name, bytes }) => [name, bytes] as const);
    const { job } = await importFiles(
      faulty,
      datastoreId,
      `in-${datastoreId.slice(0, 8)}`,
      Object.fromEntries(series),
    );
    const { jobSummary } = JSON.parse(
      await readText(faulty.s3, `${job.outputS3Uri}job-output-manifest.json`),
    ) as {
      jobSummary: unknown;
    };
    return {
      datastoreId,
      job,
      jobSummary,
      failures: await readLines(faulty.s3, `${job.outputS3Uri}FAILURE/failure.ndjson`),
    };
  };

  test("import-partial: the job is COMPLETED, and its report lists the missing files", async () => {
    await activate("import-partial");
    for (const _ of ["one job", "and the next"]) {
      const { datastoreId, job, jobSummary, failures } = await importPhantom(4);
      expect(job.jobStatus).toBe("COMPLETED");
      expect(jobSummary).toMatchObject({
        numberOfScannedFiles: 4,
        numberOfImportedFiles: 2,
        numberOfFilesWithCustomerError: 1,
        numberOfFilesWithServerError: 1,
        imageSetsSummary: [{ numberOfMatchedSOPInstances: 2 }],
      });
      expect(failures).toEqual([
        {
          inputFile: "input/slice-001.dcm",
          exception: {
            exceptionType: "ValidationException",
            message: "DICOM attribute StudyInstanceUID does not exist",
          },
        },
        {
          inputFile: "input/slice-002.dcm",
          exception: { exceptionType: "InternalServerException", message: "The file could not be imported" },
        },
      ]);
      expect(await findImageSets(faulty, datastoreId)).toHaveLength(1);
    }
    expect(await verify()).toMatchObject({ ok: true });
  });

  test("import-all-fail: the job is COMPLETED without any image set", async () => {
    await activate("import-all-fail");
    const { datastoreId, job, jobSummary, failures } = await importPhantom(3);
    expect(job.jobStatus).toBe("COMPLETED");
    expect(jobSummary).toMatchObject({
      numberOfImportedFiles: 0,
      numberOfFilesWithCustomerError: 3,
      imageSetsSummary: [],
    });
    expect(failures).toHaveLength(3);
    expect(await findImageSets(faulty, datastoreId)).toEqual([]);
  });

  test("conflict-on-delete: the SDK does not retry, and the next call deletes", async () => {
    const [doomed] = (await importFrames(faulty, 1, "doomed")) as [FrameAddress];
    await activate("conflict-on-delete");
    const failed = await failureOf(faulty.medicalImaging.deleteImageSet(doomed));
    expect(failed).toMatchObject({ name: "ConflictException", $metadata: { attempts: 1 } });
    expect((await faulty.medicalImaging.getImageSet(doomed)).imageSetState).toBe("ACTIVE");
    expect((await faulty.medicalImaging.deleteImageSet(doomed)).imageSetState).toBe("LOCKED");
    expect(await verify()).toMatchObject({ ok: true });
  });

  test("flaky-5xx: a fifth of the requests fail, but nearly every call succeeds", async () => {
    await activate("flaky-5xx");
    const queue = Array.from({ length: 150 }, (_, index) => frames[index % 4] ?? frame).values();
    const lane = async (): Promise<number> => {
      let failures = 0;
      for (const address of queue)
        await readFrame(faulty.medicalImaging, address).catch(() => (failures += 1));
      return failures;
    };
    const lost = await Promise.all([lane(), lane(), lane()]);
    const count = async (filters: string): Promise<number> =>
      ((await faulty.local("POST", "/_local/requests/count", filters)).json as { count: number }).count;
    const [failed, all] = [await count('{"status": 500}'), await count("{}")];
    expect(failed / all).toBeGreaterThan(0.13);
    expect(failed / all).toBeLessThan(0.27);
    expect(lost.reduce((a, b) => a + b)).toBeLessThan(failed / 2);
  });

  test("frame-truncated: half a frame is sent as a success", async () => {
    await activate("frame-truncated");
    const half = await readFrame(faulty.medicalImaging, frame);
    expect(half.length).toBe(Math.floor(whole.length / 2));
    expect(await faulty.attempts()).toEqual(["200"]);
  });

  test("frame-corrupt: the frame can be decoded, but its checksum is wrong", async () => {
    const { Study } = await readDocument(faulty, frame.datastoreId, frame.imageSetId);
    const [expected] = Object.values(Study.Series)
      .flatMap(({ Instances }) => Object.values(Instances))
      .flatMap(({ ImageFrames }) => ImageFrames)
      .filter(({ ID }) => ID === frame.imageFrameInformation.imageFrameId)
      .map((document) => document.PixelDataChecksumFromBaseToFullResolution.at(-1)?.Checksum);
    expect(await pixelChecksum(whole)).toBe(expected);
    await activate("frame-corrupt");
    const corrupt = await readFrame(faulty.medicalImaging, frame);
    expect(readCodestream(codestreamOf(corrupt))).toEqual(readCodestream(codestreamOf(whole)));
    expect(await pixelChecksum(corrupt)).not.toBe(expected);
  });

  test("slow-link: a frame arrives whole, but slowly", async () => {
    await activate("slow-link");
    faulty.clock.freeze();
    const begin = faulty.clock.now();
    const reading = { isOver: false };
    const asked = readFrame(faulty.medicalImaging, frame).finally(() => (reading.isOver = true));
    while (!reading.isOver) {
      await until(async () => reading.isOver || faulty.clock.nextDue !== undefined, Boolean);
      await faulty.clock.advance(50);
    }
    expect(await asked).toEqual(whole);
    expect(faulty.clock.now() - begin).toBeGreaterThan((whole.length / 65_536) * 1000);
  });

  test("region-outage: calls fail for 30 seconds, then they succeed", async () => {
    faulty.clock.freeze();
    await activate("region-outage");
    const failed = await failureOf(faulty.medicalImaging.listDatastores({}));
    expect(failed).toMatchObject({ $metadata: { httpStatusCode: 503, attempts: 3 } });
    await faulty.clock.advance(29_999);
    expect(await failureOf(readFrame(faulty.medicalImaging, frame))).toBeInstanceOf(Error);
    await faulty.clock.advance(1);
    expect(await readFrame(faulty.medicalImaging, frame)).toEqual(whole);
  });

  test("ambiguous-write: the update is made, and the SDK's second attempt gets a conflict", async () => {
    const [changed] = (await importFrames(faulty, 1, "changed")) as [FrameAddress];
    const { datastoreId, imageSetId } = changed;
    await activate("ambiguous-write");
    const updatable = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: "twice?" } } };
    const sent = faulty.medicalImaging.send(updateCommand(datastoreId, imageSetId, "1", { updatable }));
    expect(await failureOf(sent)).toMatchObject({ name: "ConflictException", $metadata: { attempts: 2 } });
    expect(await settle(faulty, datastoreId, imageSetId)).toMatchObject({
      versionId: "2",
      imageSetWorkflowStatus: "UPDATED",
    });
    const made = await faulty.medicalImaging.createDatastore({ datastoreName: "once" });
    const { datastoreSummaries = [] } = await faulty.medicalImaging.listDatastores({});
    expect(
      datastoreSummaries
        .filter(({ datastoreName }) => datastoreName === "once")
        .map((store) => store.datastoreId),
    ).toEqual([made.datastoreId]);
  });

  test("import-stuck: a job stays IN_PROGRESS until it is released by a signal", async () => {
    const { medicalImaging: api, clock } = faulty;
    const { datastoreId } = await importPhantom(2);
    await activate("import-stuck");
    clock.freeze();
    const folder = `s3://in-${datastoreId.slice(0, 8)}/`;
    const { jobId } = await api.startDICOMImportJob({
      datastoreId,
      dataAccessRoleArn: "arn:aws:iam::000000000000:role/import",
      inputS3Uri: `${folder}input/`,
      outputS3Uri: `${folder}output/`,
      clientToken: "stuck",
    });
    const job = { datastoreId, jobId };
    const status = async () => (await api.getDICOMImportJob(job)).jobProperties?.jobStatus;
    await clock.advance(86_400_000);
    expect([await status(), (await findImageSets(faulty, datastoreId)).length]).toEqual(["IN_PROGRESS", 1]);
    expect(await faulty.local("GET", "/_local/scenarios/import-stuck/status")).toMatchObject({
      json: {
        held: [{ resource: `importJob/${jobId}`, status: "IN_PROGRESS", rule: "stuck", signal: "release" }],
      },
    });
    await faulty.local("POST", "/_local/scenarios/import-stuck/signal", '{"signal": "release"}');
    expect([await status(), (await findImageSets(faulty, datastoreId)).length]).toEqual(["COMPLETED", 2]);
    expect(await verify()).toMatchObject({ ok: true });
  });

  test("stuck-locked: an update fails after ten minutes of conflicts, and a deletion takes ten minutes", async () => {
    const { medicalImaging: api, clock } = faulty;
    const [locked] = (await importFrames(faulty, 1, "locked")) as [FrameAddress];
    const { datastoreId, imageSetId } = locked;
    await activate("stuck-locked");
    clock.freeze();
    const updatable = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: "never" } } };
    await api.send(updateCommand(datastoreId, imageSetId, "1", { updatable }));
    await clock.advance(599_999);
    expect(await api.getImageSet(locked)).toMatchObject({
      imageSetState: "LOCKED",
      imageSetWorkflowStatus: "UPDATING",
    });
    expect(await failureOf(api.deleteImageSet(locked))).toMatchObject({ name: "ConflictException" });
    await clock.advance(1);
    expect(await api.getImageSet(locked)).toMatchObject({
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "UPDATE_FAILED",
      message: "INTERNAL_ERROR:  The operation did not end in time.",
    });
    expect((await readDocument(faulty, datastoreId, imageSetId)).Study.DICOM["StudyDescription"]).not.toBe(
      "never",
    );
    await api.deleteImageSet(locked);
    await clock.advance(599_999);
    expect(await findImageSets(faulty, datastoreId)).toEqual([imageSetId]);
    await clock.advance(1);
    expect(await findImageSets(faulty, datastoreId)).toEqual([]);
  });

  test("datastore-create-failed: the creation is accepted but fails, and the next data store is ACTIVE", async () => {
    const { medicalImaging: api, clock } = faulty;
    await activate("datastore-create-failed");
    clock.freeze();
    const create = async () => {
      const { datastoreId, datastoreStatus: first } = await api.createDatastore({ datastoreName: "new" });
      await clock.advance(0);
      const { datastoreProperties } = await api.getDatastore({ datastoreId });
      return [first, datastoreProperties?.datastoreStatus, datastoreId];
    };
    const [first, then, datastoreId] = await create();
    expect([first, then]).toEqual(["CREATING", "CREATE_FAILED"]);
    expect((await create()).slice(0, 2)).toEqual(["CREATING", "ACTIVE"]);
    expect((await api.deleteDatastore({ datastoreId })).datastoreStatus).toBe("DELETING");
    expect(await verify()).toMatchObject({ ok: true });
  });
});

/** CRC-32 of the decoded samples; undefined where they cannot be decoded. */
async function pixelChecksum(file: Uint8Array): Promise<number | undefined> {
  const codec = await loadCodec();
  try {
    return checksum(decodeFrame(codestreamOf(file), codec).samples);
  } catch {
    return undefined;
  }
}
