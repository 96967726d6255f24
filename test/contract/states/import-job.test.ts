import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListDICOMImportJobsCommand } from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { controlled as test } from "../../elsewhere.ts";
import { readLines, readText, type ControlledSandbox } from "../../clients.ts";
import { findImageSets } from "../image-sets/image-sets.ts";
import {
  advance,
  createActive,
  getJob,
  hold,
  openFrozen,
  passDay,
  push,
  reach,
  release,
  startImport,
} from "./frozen.ts";

let data: string;
let sandbox: ControlledSandbox;
let datastoreId: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  sandbox = await openFrozen({ data });
  datastoreId = await createActive(sandbox);
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

const start = (slices?: number, outputBucket?: string) =>
  startImport(sandbox, datastoreId, "bucket", slices, outputBucket);
const job = (jobId: string) => getJob(sandbox, datastoreId, jobId);
const imageSets = () => findImageSets(sandbox, datastoreId);
const framesOnDisk = (): string[] => {
  const folder = join(data, "datastores", datastoreId, "frames");
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe("an import job on a frozen clock", () => {
  test("is SUBMITTED and IN_PROGRESS for their durations, and COMPLETED with its image sets", async () => {
    const jobId = await start(2);
    await advance(sandbox, "249ms");
    expect(await job(jobId)).toMatchObject({ jobStatus: "SUBMITTED" });
    await advance(sandbox, "1ms");
    expect(await job(jobId)).toMatchObject({ jobStatus: "IN_PROGRESS" });
    await advance(sandbox, "249ms");
    expect([(await job(jobId))?.jobStatus, await imageSets()]).toEqual(["IN_PROGRESS", []]);
    const { fired = [], now } = await advance(sandbox, "1ms");
    const [imageSetId] = await imageSets();
    expect(fired).toHaveLength(2);
    expect(fired).toEqual(
      expect.arrayContaining([
        { at: now, resource: `imageSet/${imageSetId}`, from: null, to: "ACTIVE/CREATED" },
        { at: now, resource: `importJob/${jobId}`, from: "IN_PROGRESS", to: "COMPLETED" },
      ]),
    );
    expect(framesOnDisk()).toHaveLength(2);
  });

  test("has ended, its work done, when an advance of the clock beyond its end returns", async () => {
    const jobId = await start(4);
    const { fired = [] } = await advance(sandbox, "PT1M");
    expect(fired.map(({ resource, from, to }) => [resource.split("/")[0], from, to])).toEqual([
      ["importJob", "SUBMITTED", "IN_PROGRESS"],
      ["imageSet", null, "ACTIVE/CREATED"],
      ["importJob", "IN_PROGRESS", "COMPLETED"],
    ]);
    expect(await job(jobId)).toMatchObject({ jobStatus: "COMPLETED" });
  });

  test("that fails by itself is FAILED after the same durations", async () => {
    const jobId = await start(1, "nowhere");
    const { fired = [] } = await advance(sandbox, "PT1M");
    expect(fired.map(({ to }) => to)).toEqual(["IN_PROGRESS", "FAILED"]);
    expect((await job(jobId))?.message).toContain("nowhere");
  });

  test.each(["SUBMITTED", "IN_PROGRESS"] as const)(
    "that is held in %s stays in it until it is released",
    async (at) => {
      await hold(sandbox, "importJob/*", at);
      const jobId = await start();
      await advance(sandbox, "P1D");
      expect([(await job(jobId))?.jobStatus, await imageSets()]).toEqual([at, []]);
      await release(sandbox, "importJob/*");
      await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
      expect(await imageSets()).toHaveLength(1);
    },
  );

  test("that is set to FAILED before it begins has a message and never begins", async () => {
    const jobId = await start();
    await push(sandbox, `importJob/${jobId}`, "FAILED", { message: "Access denied to the KMS key" });
    const failed = await job(jobId);
    expect(failed).toMatchObject({ jobStatus: "FAILED", message: "Access denied to the KMS key" });
    expect(failed?.endedAt).toBeDefined();
    expect(await passDay(sandbox, `importJob/${jobId}`)).toEqual([]);
    expect([await imageSets(), framesOnDisk()]).toEqual([[], []]);
    expect(await readText(sandbox.s3, `${failed?.outputS3Uri}job-output-manifest.json`)).toContain(jobId);
  });

  test("that is set to FAILED when its work is done but not shown leaves only its report", async () => {
    await hold(sandbox, "importJob/*");
    const jobId = await start(2);
    await push(sandbox, `importJob/${jobId}`, "IN_PROGRESS");
    await advance(sandbox, "P1D");
    expect(framesOnDisk()).toHaveLength(2);
    await push(sandbox, `importJob/${jobId}`, "FAILED");
    await release(sandbox, "importJob/*");
    expect(await passDay(sandbox, `importJob/${jobId}`)).toEqual([]);
    const failed = await job(jobId);
    expect(failed).toMatchObject({ jobStatus: "FAILED", message: "DICOM import job has failed." });
    expect([await imageSets(), framesOnDisk()]).toEqual([[], []]);
    expect(await readLines(sandbox.s3, `${failed?.outputS3Uri}FAILURE/failure.ndjson`)).toHaveLength(2);
    expect(await readLines(sandbox.s3, `${failed?.outputS3Uri}SUCCESS/success.ndjson`)).toEqual([]);
  });

  test("that is set to FAILED in the middle of its work fails at once, and no image set appears later", async () => {
    const jobId = await start(12);
    await push(sandbox, `importJob/${jobId}`, "IN_PROGRESS");
    expect(await push(sandbox, `importJob/${jobId}`, "FAILED", { message: "no" })).toMatchObject({
      status: "FAILED",
      message: "no",
    });
    expect([framesOnDisk(), await imageSets()]).toEqual([[], []]);
    expect(await passDay(sandbox, `importJob/${jobId}`)).toEqual([]);
    const failed = await job(jobId);
    expect(failed).toMatchObject({ jobStatus: "FAILED", message: "no" });
    expect(await readLines(sandbox.s3, `${failed?.outputS3Uri}SUCCESS/success.ndjson`)).toEqual([]);
    expect([framesOnDisk(), await imageSets()]).toEqual([[], []]);
  });

  test("that is set to COMPLETED has imported all its files", async () => {
    const jobId = await start(4);
    await push(sandbox, `importJob/${jobId}`, "IN_PROGRESS");
    expect(await push(sandbox, `importJob/${jobId}`, "COMPLETED")).toMatchObject({ status: "COMPLETED" });
    expect(await imageSets()).toHaveLength(1);
    expect(framesOnDisk()).toHaveLength(4);
    expect(await passDay(sandbox, `importJob/${jobId}`)).toEqual([]);
  });

  test("that fails by itself is FAILED when it is set to COMPLETED, and the answer says why", async () => {
    const jobId = await start(1, "nowhere");
    await push(sandbox, `importJob/${jobId}`, "IN_PROGRESS");
    const { code, message } = await push(sandbox, `importJob/${jobId}`, "COMPLETED");
    expect([code, message]).toEqual([409, expect.stringMatching(/became FAILED, not COMPLETED: .*nowhere/)]);
    expect(await job(jobId)).toMatchObject({ jobStatus: "FAILED" });
  });

  test("follows its state table, unless it is forced", async () => {
    const jobId = await start();
    expect(await push(sandbox, `importJob/${jobId}`, "COMPLETED")).toMatchObject({
      code: 409,
      legal: ["IN_PROGRESS", "FAILED"],
    });
    await push(sandbox, `importJob/${jobId}`, "COMPLETED", { force: true });
    expect(await passDay(sandbox, `importJob/${jobId}`)).toEqual([]);
    expect([(await job(jobId))?.jobStatus, await imageSets()]).toEqual(["COMPLETED", []]);
    expect(await push(sandbox, `importJob/${jobId}`, "FAILED")).toMatchObject({ code: 409, legal: [] });
    await push(sandbox, `importJob/${jobId}`, "FAILED", { force: true, message: "late" });
    expect(await job(jobId)).toMatchObject({ jobStatus: "FAILED", message: "late" });
  });

  test.each([
    ["SUBMITTED", ["SUBMITTED > IN_PROGRESS", "IN_PROGRESS > COMPLETED"]],
    ["IN_PROGRESS", ["IN_PROGRESS > COMPLETED"]],
  ])("that is forced back to %s does its work again", async (status, course) => {
    const jobId = await start();
    await push(sandbox, `importJob/${jobId}`, "IN_PROGRESS");
    await push(sandbox, `importJob/${jobId}`, status, { force: true });
    expect(await job(jobId)).toMatchObject({ jobStatus: status });
    expect(await passDay(sandbox, `importJob/${jobId}`)).toEqual(course);
    expect([(await imageSets()).length, framesOnDisk().length]).toEqual([1, 1]);
  });

  test("that has ended is listed for 90 days, and then neither listed, nor found, nor on the disk", async () => {
    const jobId = await start();
    await reach(sandbox, `importJob/${jobId}`, "COMPLETED");
    const list = async () =>
      (await sandbox.medicalImaging.send(new ListDICOMImportJobsCommand({ datastoreId }))).jobSummaries;
    const files = () =>
      readdirSync(join(data, "datastores", datastoreId, "import-jobs")).filter((name) => /^\w/.test(name));
    // A change is answered when all before it is kept; half a second passes.
    await createActive(sandbox);
    await advance(sandbox, "P89DT23H59M59.499S");
    expect([(await list())?.length, files().length]).toEqual([1, 1]);
    expect(await job(jobId)).toMatchObject({ jobStatus: "COMPLETED" });
    const { fired } = await advance(sandbox, "1ms");
    expect(fired).toMatchObject([{ resource: `importJob/${jobId}`, from: "COMPLETED", to: null }]);
    expect(await list()).toEqual([]);
    await expect(job(jobId)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await createActive(sandbox);
    expect(files()).toEqual([]);
    expect(await imageSets()).toHaveLength(1);
  });
});
