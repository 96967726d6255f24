import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createActiveDatastore, readLines, runJob } from "../../clients.ts";
import { readDocuments, withCode } from "../../documents.ts";
import { findImageSets, readDocument, updateCommand } from "../../contract/image-sets/image-sets.ts";
import { failureOf, openFaulty, readFrame, type Faulty } from "./faulty.ts";

/** Of today, and of 0.1.0 where its blocks are other ones. */
const documents = readDocuments();
const [EXAMPLE, STATES] = ["description: A night ", "states: # "];

describe.each(withCode(documents, EXAMPLE, STATES))("of the documents of $version,", (edition) => {
  const [example, states] = [edition.run(EXAMPLE), edition.run(STATES)];

  let faulty: Faulty;
  beforeAll(async () => {
    faulty = await openFaulty("socket");
  });
  afterAll(async () => faulty[Symbol.asyncDispose]());

  test("the README's states fit its scenario", async () => {
    const { status, json } = await faulty.local("POST", "/_local/scenarios/validate", example + states);
    expect([status, json]).toEqual([200, { name: "scenario", rules: 8 }]);
  });

  test("the README's scenario does what it says, rule by rule", async () => {
    const { medicalImaging: api, s3 } = faulty;
    const put = await faulty.local("PUT", "/_local/scenarios/nightly?activate=1", example);
    expect([put.status, put.json]).toMatchObject([200, { name: "nightly", status: "active", seed: 4711 }]);
    const activatedAt = faulty.clock.now();

    const datastoreId = await createActiveDatastore(api, "radiology");
    await s3.send(new CreateBucketCommand({ Bucket: "night" }));
    for (const { name, bytes } of createSampleSeries(10)) {
      await s3.send(new PutObjectCommand({ Bucket: "night", Key: `in/${name}`, Body: bytes }));
    }
    const { job } = await runJob(api, datastoreId, "s3://night/in", "s3://night/out", {
      jobName: "nightly-1",
    });
    expect(job.jobStatus).toBe("COMPLETED");
    expect(await readLines(s3, `${job.outputS3Uri}FAILURE/failure.ndjson`)).toHaveLength(2);

    const [imageSetId = ""] = await findImageSets(faulty, datastoreId);
    const { Study } = await readDocument(faulty, datastoreId, imageSetId);
    const frames = Object.values(Study.Series)
      .flatMap(({ Instances }) => Object.values(Instances))
      .flatMap(({ ImageFrames }) => ImageFrames)
      .map(({ ID }) => ({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId: ID } }));
    expect(frames).toHaveLength(8);
    const lengths: number[] = [];
    for (const frame of frames) lengths.push((await readFrame(api, frame)).length);
    const viewer = faulty.connect("viewer-b");
    for (const [index, frame] of frames.entries()) {
      const whole = lengths[index] ?? 0;
      expect((await readFrame(viewer, frame)).length).toBe(index % 2 === 0 ? whole : whole >> 1);
    }

    const updatable = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: "night" } } };
    const update = await failureOf(api.send(updateCommand(datastoreId, imageSetId, "1", { updatable })));
    expect(update).toMatchObject({ name: "ConflictException", $metadata: { attempts: 2 } });
    await expect
      .poll(async () => (await api.getImageSet({ datastoreId, imageSetId })).imageSetState)
      .toBe("ACTIVE");

    faulty.clock.freeze();
    const { destinationImageSetProperties: copy } = await api.copyImageSet({
      datastoreId,
      sourceImageSetId: imageSetId,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "2" } },
    });
    await faulty.clock.advance(59_999);
    const copied = () => api.getImageSet({ datastoreId, imageSetId: copy?.imageSetId });
    expect(await copied()).toMatchObject({ imageSetState: "LOCKED", imageSetWorkflowStatus: "COPYING" });
    await faulty.clock.advance(1);
    expect(await copied()).toMatchObject({
      imageSetWorkflowStatus: "COPY_FAILED",
      message: "The copy did not end in time",
    });
    await faulty.clock.advance(activatedAt + 600_000 - faulty.clock.now());
    expect(await failureOf(api.searchImageSets({ datastoreId }))).toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
    await faulty.clock.advance(10_000);
    await api.searchImageSets({ datastoreId });
    faulty.clock.resume();

    expect(await faulty.local("POST", "/_local/scenarios/nightly/verify")).toMatchObject({
      status: 200,
      json: { ok: true },
    });
    const { rules } = (await faulty.local("GET", "/_local/scenarios/nightly/status")).json as {
      rules: { id: string; hits: number }[];
    };
    const hits = Object.fromEntries(rules.map(({ id, hits: count }) => [id, count]));
    expect(hits).toMatchObject({
      "throttled-start": 2,
      "bad-files": 2,
      "slow-metadata": 1,
      "half-frames": 4,
      "ambiguous-update": 1,
      "stuck-copy": 1,
      "search-outage": 3,
    });
    expect(hits["flaky-frames"]).toBeGreaterThan(0);
  });

  test("each block that names this file has been run", () => {
    expect(edition.notRun(import.meta.filename)).toEqual([]);
  });
});
