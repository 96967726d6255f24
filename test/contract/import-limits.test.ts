import { mkdir, mkdtemp, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, onTestFinished } from "vitest";
import { controlled as test } from "../elsewhere.ts";
import type { BucketOwner } from "../../src/domain/import-jobs/bucket-owner.ts";
import type { ImportLimits } from "../../src/domain/import-jobs/import-limits.ts";
import type { QuotaChanges } from "../../src/domain/limits/quotas.ts";
import type { ComposeOptions } from "../../src/index.ts";
import { controlledOf, inRelease } from "../setup/served-release.ts";
import {
  createActiveDatastore,
  openSandbox,
  readLines,
  readText,
  runJob,
  type FinishedImport,
  type Sandbox,
} from "../clients.ts";
import {
  dataSet,
  dicomFile,
  element,
  imageElements,
  instanceElements,
  sequence,
  type WritableElement,
} from "../imaging/dicom/write-dicom.ts";

/** A file without pixel data: an instance of one series, identified by its number. */
const instance = (number: number, ...others: readonly WritableElement[]): Uint8Array =>
  dicomFile(instanceElements(element("00080018", "UI", `1.2.3.4.3.${number}`), ...others));

interface World {
  readonly sandbox: Sandbox;
  readonly datastoreId: string;
  readonly folder: string;
}

const QUICK = { datastoreCreatingMs: 0, jobSubmittedMs: 0, jobInProgressMs: 0 };

/** Puts files where the built-in buckets keep them. */
async function open(options: ComposeOptions, files: Readonly<Record<string, Uint8Array>>): Promise<World> {
  const data = await mkdtemp(join(tmpdir(), "healthimaging-local-limits-"));
  const folder = join(data, "s3/bucket");
  await mkdir(folder, { recursive: true });
  for (const [key, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
  const sandbox = await openSandbox({ data, durations: QUICK, ...options });
  onTestFinished(async () => {
    await sandbox[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  });
  return { sandbox, datastoreId: await createActiveDatastore(sandbox.medicalImaging), folder };
}

const run = (
  { sandbox, datastoreId }: World,
  others?: Parameters<typeof runJob>[4],
): Promise<FinishedImport> =>
  runJob(sandbox.medicalImaging, datastoreId, "s3://bucket/in", "s3://bucket/out", others);

interface Summary {
  readonly numberOfScannedFiles: number;
  readonly numberOfImportedFiles: number;
  readonly numberOfFilesWithCustomerError: number;
  readonly numberOfFilesWithServerError: number;
  readonly numberOfGeneratedImageSets: number;
}

async function report({ sandbox: { s3 } }: World, { job }: FinishedImport) {
  const { jobSummary } = JSON.parse(await readText(s3, `${job.outputS3Uri}job-output-manifest.json`)) as {
    jobSummary: Summary;
  };
  return {
    summary: jobSummary,
    successes: await readLines(s3, `${job.outputS3Uri}SUCCESS/success.ndjson`),
    failures: await readLines(s3, `${job.outputS3Uri}FAILURE/failure.ndjson`),
  };
}

/** As a user of the emulator sets them: sizes in AWS's units, what AWS never raises by force. */
function quotasOf(limits: Partial<ImportLimits>): QuotaChanges {
  const { maxFiles, maxFolders, maxTotalBytes, maxFileBytes, maxMetadataBytes } = limits;
  const force = true;
  return {
    ...(maxFiles && { "Maximum files in a DICOM import job": maxFiles }),
    ...(maxFolders && { "Maximum nested folders in a DICOM import job": { value: maxFolders, force } }),
    ...(maxTotalBytes && {
      "Maximum size of all files in a DICOM import job": { value: maxTotalBytes / 2 ** 30, force },
    }),
    ...(maxFileBytes && {
      "Maximum size of each DICOM P10 file in a DICOM import job": { value: maxFileBytes / 2 ** 30, force },
    }),
    ...(maxMetadataBytes && {
      "Maximum ImageSetMetadata size per import, copy and UpdateImageSet": maxMetadataBytes / 2 ** 20,
    }),
  };
}

const MESSAGE = /^[\w -:]{1,2048}$/;
const four = Object.fromEntries([1, 2, 3, 4].map((n) => [`in/f${n % 2}/${n}.dcm`, instance(n)]));
const fourBytes = Object.values(four).reduce((sum, { length }) => sum + length, 0);

describe("limits of a job", () => {
  test.each([
    [{ maxFiles: 4 }, { maxFiles: 3 }, "FILE_COUNTS_LIMIT_EXCEEDED: the input folder has more than 3 files"],
    [
      { maxFolders: 2 },
      { maxFolders: 1 },
      "FOLDER_COUNTS_LIMIT_EXCEEDED: the input folder has more than 1 folders",
    ],
    [
      { maxTotalBytes: fourBytes },
      { maxTotalBytes: fourBytes - 1 },
      `FILE_SIZES_LIMIT_EXCEEDED: the input folder has more than ${fourBytes - 1} bytes`,
    ],
  ])("let a job pass with %j and fail it with %j", async (enough, tooLittle, reason) => {
    const passing = await open({ quotas: quotasOf(enough) }, four);
    expect((await run(passing)).job).toMatchObject({ jobStatus: "COMPLETED" });
    const failing = await open({ quotas: quotasOf(tooLittle) }, four);
    const failed = await run(failing);
    expect(failed.job.jobStatus).toBe("FAILED");
    expect(failed.job.message).toBe(`DICOM import job has failed. ${reason}`);
    expect(failed.job.message).toMatch(MESSAGE);
    const { summary, successes, failures } = await report(failing, failed);
    expect(summary).toMatchObject({ numberOfScannedFiles: 0, numberOfGeneratedImageSets: 0 });
    expect([successes, failures]).toEqual([[], []]);
  });

  test("count nested folders, also those without files", async () => {
    const { folder, ...world } = await open(
      { quotas: quotasOf({ maxFolders: 3 }) },
      { "in/1.dcm": instance(1) },
    );
    await mkdir(join(folder, "in/a/b/c"), { recursive: true });
    expect((await run({ folder, ...world })).job.jobStatus).toBe("COMPLETED");
    await mkdir(join(folder, "in/a/b/c/d"));
    expect((await run({ folder, ...world })).job.message).toContain("FOLDER_COUNTS_LIMIT_EXCEEDED");
  });
});

describe("the size limit of a file", () => {
  test("fails a file that is one byte larger", async () => {
    const limit = instance(1).length;
    const files = { "in/a.dcm": instance(1), "in/b.dcm": new Uint8Array([...instance(2), 0]) };
    const world = await open({ quotas: quotasOf({ maxFileBytes: limit }) }, files);
    const finished = await run(world);
    expect(finished.job.jobStatus).toBe("COMPLETED");
    const { successes, failures } = await report(world, finished);
    expect(successes).toMatchObject([{ inputFile: "in/a.dcm" }]);
    expect(failures).toEqual([
      {
        inputFile: "in/b.dcm",
        exception: {
          exceptionType: "ValidationException",
          message: `The file has ${limit + 1} bytes, at most ${limit} are allowed`,
        },
      },
    ]);
  });

  test("refuses a file of more than the release takes without reading it", async () => {
    // A file of the newer release may have as many bytes as all files of a job.
    const quotas = quotasOf({ maxTotalBytes: 2 ** 35 });
    const world = await open({ quotas }, { "in/a.dcm": instance(1), "in/huge.dcm": instance(2) });
    const most = inRelease("quotas", { "2024-05": 4_294_967_296, "2026-06": 10_737_418_240 });
    await truncate(join(world.folder, "in/huge.dcm"), most + 1);
    const before = process.memoryUsage().rss;
    const finished = await run(world);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 30);
    const { summary, failures } = await report(world, finished);
    expect(summary).toMatchObject({ numberOfImportedFiles: 1, numberOfFilesWithCustomerError: 1 });
    expect(failures).toMatchObject([
      { exception: { message: `The file has ${most + 1} bytes, at most ${most} are allowed` } },
    ]);
  });
});

describe("files of 10 GB", () => {
  const MAX_BYTES = 10 * 2 ** 30;
  const totalOf = (gigabytes: number) => quotasOf({ maxTotalBytes: gigabytes * 2 ** 30 });

  test("are refused without being read with one byte more, where the files of a job may have as many", async () => {
    const files = { "in/a.dcm": instance(1), "in/huge.dcm": instance(2) };
    const world = await open({ serviceRelease: "2026-06", quotas: totalOf(20) }, files);
    await truncate(join(world.folder, "in/huge.dcm"), MAX_BYTES + 1);
    const before = process.memoryUsage().rss;
    const finished = await run(world);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 30);
    const { summary, failures } = await report(world, finished);
    expect(summary).toMatchObject({ numberOfImportedFiles: 1, numberOfFilesWithCustomerError: 1 });
    expect(failures).toMatchObject([
      { exception: { message: "The file has 10737418241 bytes, at most 10737418240 are allowed" } },
    ]);
  });

  test("fail their job where they are more than all files of a job may have", async () => {
    const world = await open({ serviceRelease: "2026-06" }, { "in/huge.dcm": instance(1) });
    await truncate(join(world.folder, "in/huge.dcm"), MAX_BYTES + 1);
    expect((await run(world)).job.message).toContain("FILE_SIZES_LIMIT_EXCEEDED");
  });

  test("fail with a message if imports have less memory, and do not end the process", async () => {
    const files = { "in/a.dcm": instance(1), "in/huge.dcm": instance(2) };
    const world = await open({ serviceRelease: "2026-06", importMemory: 2 ** 30 }, files);
    await truncate(join(world.folder, "in/huge.dcm"), 5 * 2 ** 30);
    const { summary, failures } = await report(world, await run(world));
    expect(summary).toMatchObject({ numberOfImportedFiles: 1, numberOfFilesWithServerError: 1 });
    expect(failures).toMatchObject([
      {
        exception: {
          message: "The file needs 5120 MiB to import, and imports have 1024 MiB: raise --import-memory",
        },
      },
    ]);
  });
});

describe("the metadata of an image set", () => {
  const files = {
    "in/large-1.dcm": instance(1, element("00104000", "LT", "x".repeat(2_000))),
    "in/large-2.dcm": instance(2, element("00104000", "LT", "x".repeat(2_000))),
    "in/small.dcm": instance(3, element("0020000E", "UI", "1.2.3.4.9")),
  };

  test("may be as large as the limit; with one byte more, the files of that image set fail", async () => {
    const world = await open({}, files);
    const finished = await run(world);
    const { successes } = await report(world, finished);
    const [{ importResponse } = {}] = successes as { importResponse?: { imageSetId: string } }[];
    const path = `datastores/${world.datastoreId}/image-sets/${importResponse?.imageSetId}/metadata-1.json`;
    const { size } = await stat(join(world.folder, "../..", path));
    const enough = await open({ quotas: quotasOf({ maxMetadataBytes: size }) }, files);
    expect((await report(enough, await run(enough))).summary.numberOfImportedFiles).toBe(3);
    const tooLittle = await open({ quotas: quotasOf({ maxMetadataBytes: size - 1 }) }, files);
    const { summary, failures } = await report(tooLittle, await run(tooLittle));
    expect(summary).toMatchObject({
      numberOfScannedFiles: 3,
      numberOfImportedFiles: 1,
      numberOfFilesWithCustomerError: 2,
      numberOfGeneratedImageSets: 1,
    });
    const message = `The metadata of its image set has ${size} bytes, at most ${size - 1} are allowed`;
    expect(failures).toEqual(
      ["in/large-1.dcm", "in/large-2.dcm"].map((inputFile) => ({
        inputFile,
        exception: { exceptionType: "ValidationException", message },
      })),
    );
  });
});

describe("a file whose metadata would exceed the limit", () => {
  const deflated = (...elements: readonly WritableElement[]): Uint8Array =>
    dicomFile([], {
      transferSyntaxUID: "1.2.840.10008.1.2.1.99",
      tail: deflateRawSync(dataSet(instanceElements(...elements), true)),
    });
  const frames = (numberOfFrames: number): Uint8Array =>
    deflated(
      ...imageElements({ rows: 1, columns: 1, numberOfFrames, pixelData: new Uint8Array(numberOfFrames) }),
    );
  const items = (count: number, item: readonly WritableElement[]) =>
    Array.from({ length: count }, () => item);
  const empty = (count: number): WritableElement[] =>
    Array.from({ length: count }, (_, index) => element(`0009${(index + 256).toString(16)}`, "LO"));

  test.each([
    ["a file of 1 million frames", frames(1_000_000), undefined],
    ["a file of 400,000 empty items", deflated(sequence("0040A730", items(400_000, []))), 1],
    ["a file of 60,000 empty elements", deflated(...empty(60_000)), 1],
    ["a file of 40,000 items of two elements", deflated(sequence("0040A730", items(40_000, empty(2)))), 1],
  ])("fails before its frames are encoded: %s", async (_, file, megabytes) => {
    expect(file.length).toBeLessThan(300_000);
    const limit = (megabytes ?? 50) * 2 ** 20;
    const quotas = quotasOf(megabytes === undefined ? {} : { maxMetadataBytes: limit });
    const world = await open({ quotas }, { "in/bomb.dcm": file, "in/good.dcm": instance(1) });
    const { summary, failures } = await report(world, await run(world));
    expect(summary).toMatchObject({ numberOfImportedFiles: 1, numberOfFilesWithCustomerError: 1 });
    expect(failures).toEqual([
      {
        inputFile: "in/bomb.dcm",
        exception: {
          exceptionType: "ValidationException",
          message: expect.stringMatching(
            `^The metadata of its image set has at least \\d+ bytes, at most ${limit} are allowed$`,
          ),
        },
      },
    ]);
  });

  test("is distinguished from a file of a thousand frames, whose metadata is within the limit", async () => {
    const world = await open({}, { "in/frames.dcm": frames(1_000) });
    const { summary } = await report(world, await run(world));
    expect(summary).toMatchObject({ numberOfImportedFiles: 1 });
  });
});

describe("files that break a constraint", () => {
  const without = (tag: string): Uint8Array =>
    dicomFile(instanceElements().filter((each) => each.tag !== tag));
  const noSyntax = dicomFile(instanceElements(), {
    fileMeta: [element("00020002", "UI", "1.2.840.10008.5.1.4.1.1.7")],
  });
  const rows: Readonly<Record<string, readonly [Uint8Array, string]>> = {
    "no-class.dcm": [without("00080016"), "DICOM attribute SOPClassUID does not exist"],
    "no-instance.dcm": [without("00080018"), "DICOM attribute SOPInstanceUID does not exist"],
    "no-series.dcm": [without("0020000E"), "DICOM attribute SeriesInstanceUID does not exist"],
    "no-study.dcm": [without("0020000D"), "DICOM attribute StudyInstanceUID does not exist"],
    "no-syntax.dcm": [noSyntax, "DICOM attribute TransferSyntaxUID does not exist"],
    ...inRelease<Readonly<Record<string, readonly [Uint8Array, string]>>>("valueLimits", {
      "2024-05": {
        "long-id.dcm": [
          instance(1, element("00100020", "LO", "1".repeat(65))),
          "DICOM attribute PatientID has 65 characters, at most 64 are allowed",
        ],
        "bad-uid.dcm": [
          instance(1, element("0020000E", "UI", "1..2")),
          "DICOM attribute SeriesInstanceUID is not a valid UID: 1..2",
        ],
      },
      "2026-06": {
        "long-id.dcm": [
          instance(1, element("00100020", "LO", "1".repeat(257))),
          "DICOM attribute PatientID has 257 characters, at most 256 are allowed",
        ],
      },
    }),
    "no-dicom.txt": [new TextEncoder().encode("none"), "DICOM attributes does not exist"],
  };

  test("are one line of failure.ndjson each, with their message, in the order of the keys", async () => {
    const files = Object.entries(rows).map(([name, [bytes]]) => [`in/${name}`, bytes] as const);
    const world = await open({}, Object.fromEntries(files));
    const finished = await run(world);
    expect(finished.job.jobStatus).toBe("COMPLETED");
    const { summary, successes, failures } = await report(world, finished);
    const numberOfFilesWithCustomerError = Object.keys(rows).length;
    expect(summary).toMatchObject({ numberOfImportedFiles: 0, numberOfFilesWithCustomerError });
    expect(successes).toEqual([]);
    expect(failures).toEqual(
      Object.entries(rows)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, [, message]]) => ({
          inputFile: `in/${name}`,
          exception: { exceptionType: "ValidationException", message },
        })),
    );
    for (const [, message] of Object.values(rows)) expect(message).toMatch(MESSAGE);
  });
});

describe("the grouping into image sets", () => {
  const testOfOlder = controlledOf("2024-05", "imageSetGrouping");

  testOfOlder("makes two image sets of a series with two patient names, as the guide shows", async () => {
    const named = (number: number, name: string): Uint8Array =>
      instance(number, element("00100010", "PN", name));
    const world = await open(
      {},
      {
        "in/1.dcm": named(1, "Doe^Jane"),
        "in/2.dcm": named(2, "Doe^Jane"),
        "in/3.dcm": named(3, "Doe^J"),
        "in/4.dcm": named(4, "Doe^J"),
      },
    );
    const { summary, successes } = await report(world, await run(world));
    expect(summary).toMatchObject({ numberOfImportedFiles: 4, numberOfGeneratedImageSets: 2 });
    const ids = successes.map((line) => (line as { importResponse: { imageSetId: string } }).importResponse);
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[2]).toEqual(ids[3]);
    expect(ids[0]).not.toEqual(ids[2]);
  });

  testOfOlder("keeps two files of one SOP instance, in different image sets", async () => {
    const world = await open(
      {},
      { "in/1.dcm": instance(1), "in/2.dcm": instance(1), "in/3.dcm": instance(2) },
    );
    const { summary } = await report(world, await run(world));
    expect(summary).toMatchObject({ numberOfImportedFiles: 3, numberOfGeneratedImageSets: 2 });
  });
});

describe("an import job from a bucket", () => {
  const OTHER = "111122223333";
  const OWN = "000000000000";
  const message = (rest: string): string =>
    `DICOM import job has failed. Input bucket bucket belongs to account ${rest}`;

  test.each([
    ["its own bucket, without inputOwnerAccountId", undefined, undefined, null],
    ["its own bucket, with its own inputOwnerAccountId", undefined, OWN, null],
    [
      "its own bucket, with another account as inputOwnerAccountId",
      undefined,
      OTHER,
      `${OWN} in region us-east-1, not to account ${OTHER} as inputOwnerAccountId says`,
    ],
    ["the bucket of another account, with its inputOwnerAccountId", { account: OTHER }, OTHER, null],
    [
      "the bucket of another account, without inputOwnerAccountId",
      { account: OTHER },
      undefined,
      `${OTHER} in region us-east-1: an import from it needs that account as inputOwnerAccountId`,
    ],
    [
      "the bucket of another account, with its own inputOwnerAccountId",
      { account: OTHER },
      OWN,
      `${OTHER} in region us-east-1, not to account ${OWN} as inputOwnerAccountId says`,
    ],
    [
      "its own bucket in another region, with its own inputOwnerAccountId",
      { account: OWN, region: "eu-west-1" },
      OWN,
      null,
    ],
    [
      "its own bucket in another region, without inputOwnerAccountId",
      { account: OWN, region: "eu-west-1" },
      undefined,
      `${OWN} in region eu-west-1: an import from it needs that account as inputOwnerAccountId`,
    ],
  ])(
    "is COMPLETED or FAILED as the owner of the bucket and inputOwnerAccountId say: %s",
    async (_, owner, inputOwnerAccountId, reason) => {
      const bucketOwners: Record<string, BucketOwner> = owner === undefined ? {} : { bucket: owner };
      const world = await open({ bucketOwners }, { "in/1.dcm": instance(1) });
      const { job } = await run(world, { inputOwnerAccountId });
      expect([job.jobStatus, job.message ?? null]).toEqual(
        reason === null ? ["COMPLETED", null] : ["FAILED", message(reason)],
      );
      if (reason !== null) expect(job.message).toMatch(MESSAGE);
    },
  );
});

describe("an import job", () => {
  test.each([
    ["s3://missing/in", "s3://bucket/out", "Input bucket missing does not exist"],
    ["s3://bucket/in", "s3://missing/out", "Output bucket missing does not exist"],
  ])("fails and names the missing bucket: from %s to %s", async (input, output, reason) => {
    const world = await open({}, { "in/1.dcm": instance(1) });
    const { job } = await runJob(world.sandbox.medicalImaging, world.datastoreId, input, output);
    expect(job).toMatchObject({ jobStatus: "FAILED", message: `DICOM import job has failed. ${reason}` });
  });

  test("fails and says why when the output folder is a file", async () => {
    const world = await open({}, { "in/1.dcm": instance(1), out: new Uint8Array() });
    const { job } = await run(world);
    expect(job.jobStatus).toBe("FAILED");
    expect(job.message).toContain("The output folder is not writable: Buckets are folders here");
    expect(job.message).toMatch(MESSAGE);
  });
});
