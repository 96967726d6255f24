import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CopyImageSetCommand,
  CreateDatastoreCommand,
  DeleteImageSetCommand,
  GetDatastoreCommand,
  GetImageSetMetadataCommand,
  ListDatastoresCommand,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { EmulatorClock } from "../../../../src/domain/time/emulator-clock.ts";
import { createActiveDatastore, openServer, type ServerSandbox } from "../../../clients.ts";
import { findImageSets, importSlices, updateCommand } from "../../../contract/image-sets/image-sets.ts";
import { ManualClock } from "../../../manual-clock.ts";
import { fillBucket, useErrorLog, useTemporaryFolders } from "../set-up.ts";

const temporary = useTemporaryFolders();
const { log, errors } = useErrorLog();

const reset = async (sandbox: ServerSandbox, body: unknown = {}): Promise<[number, unknown]> => {
  const response = await fetch(`${sandbox.emulator.url}/_local/reset`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return [response.status, await response.json()];
};
const countDatastores = async ({ medicalImaging }: ServerSandbox): Promise<number | undefined> =>
  (await medicalImaging.send(new ListDatastoresCommand({}))).datastoreSummaries?.length;
const get = async ({ emulator }: ServerSandbox, path: string): Promise<unknown> =>
  (await fetch(`${emulator.url}${path}`)).json();

const startJob = async ({ medicalImaging }: ServerSandbox, datastoreId: string, bucket: string) =>
  (
    await medicalImaging.send(
      new StartDICOMImportJobCommand({
        datastoreId,
        clientToken: crypto.randomUUID(),
        dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
        inputS3Uri: `s3://${bucket}/input`,
        outputS3Uri: `s3://${bucket}/output`,
      }),
    )
  ).jobId ?? "";

describe.each(["in memory", "in a folder"])("POST /_local/reset of an emulator with its data %s", (place) => {
  const dataFolder = async () => (place === "in memory" ? undefined : await temporary());

  test("deletes the stored data, and leaves the buckets as they are", async () => {
    await using sandbox = await openServer({ data: await dataFolder(), log });
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const imageSetId = await importSlices(sandbox, datastoreId, "dicom", 0, 2);
    expect(await reset(sandbox)).toEqual([200, { epoch: 1, cancelledJobs: 0 }]);
    expect(await countDatastores(sandbox)).toBe(0);
    const read = new GetImageSetMetadataCommand({ datastoreId, imageSetId });
    await expect(sandbox.medicalImaging.send(read)).rejects.toThrow(
      `Data store ${datastoreId} does not exist`,
    );
    expect(await get(sandbox, `/_local/image-sets/${imageSetId}`)).toMatchObject({
      message: expect.any(String),
    });
    const { Buckets = [] } = await sandbox.s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual(["dicom"]);
    expect(await reset(sandbox)).toEqual([200, { epoch: 2, cancelledJobs: 0 }]);
  });

  test("leaves an emulator that works as before", async () => {
    await using sandbox = await openServer({ data: await dataFolder(), log });
    await reset(sandbox);
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const imageSetId = await importSlices(sandbox, datastoreId, "dicom", 0, 2);
    expect(await findImageSets(sandbox, datastoreId)).toEqual([imageSetId]);
  });

  test("cancels deletions, updates and copies that have begun", async () => {
    const clock = new EmulatorClock(new ManualClock());
    await using sandbox = await openServer({ data: await dataFolder(), log, clock });
    const { medicalImaging } = sandbox;
    const move = (): Promise<void> => clock.advance(10_000);
    const { datastoreId = "" } = await medicalImaging.send(new CreateDatastoreCommand({}));
    await move();
    await fillBucket(sandbox.s3, "dicom", 4);
    for (let job = 0; job < 4; job++) await startJob(sandbox, datastoreId, "dicom");
    await move();
    await move();
    const [one = "", two = "", three = "", four = ""] = await findImageSets(sandbox, datastoreId);
    await medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: one }));
    const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientName: "X" } } };
    await medicalImaging.send(updateCommand(datastoreId, two, "1", { updatable }));
    await medicalImaging.send(
      new CopyImageSetCommand({
        datastoreId,
        sourceImageSetId: three,
        copyImageSetInformation: {
          sourceImageSet: { latestVersionId: "1" },
          destinationImageSet: { imageSetId: four, latestVersionId: "1" },
        },
      }),
    );
    await startJob(sandbox, datastoreId, "dicom");
    expect(await reset(sandbox)).toEqual([200, { epoch: 1, cancelledJobs: 1 }]);
    await move();
    expect(await countDatastores(sandbox)).toBe(0);
    expect(clock.nextDue).toBeUndefined();
  });

  test("lets in-flight requests be answered from the data before it or after it", async () => {
    await using sandbox = await openServer({ data: await dataFolder(), log });
    const { medicalImaging } = sandbox;
    const datastoreId = await createActiveDatastore(medicalImaging);
    const imageSetId = await importSlices(sandbox, datastoreId, "dicom", 0, 2);
    const requests = () => [
      medicalImaging.send(new GetImageSetMetadataCommand({ datastoreId, imageSetId })),
      medicalImaging.send(new GetDatastoreCommand({ datastoreId })),
      medicalImaging.send(new SearchImageSetsCommand({ datastoreId })),
      medicalImaging.send(new CreateDatastoreCommand({ datastoreName: "new" })),
      medicalImaging.send(
        new CopyImageSetCommand({
          datastoreId,
          sourceImageSetId: imageSetId,
          copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
        }),
      ),
    ];
    const early = Array.from({ length: 8 }, requests).flat();
    const resets = [sandbox.emulator.reset(), sandbox.emulator.reset()];
    const late = Array.from({ length: 8 }, requests).flat();
    const outcomes = await Promise.allSettled([...early, ...late]);
    expect((await Promise.all(resets)).map(({ epoch }) => epoch)).toEqual([1, 2]);
    const names = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? "answered" : (outcome.reason as Error).name,
    );
    const allowed = new Set(["answered", "ResourceNotFoundException", "ConflictException"]);
    expect(names.filter((name) => !allowed.has(name))).toEqual([]);
    expect(names.slice(-5)).toEqual(
      ["GetImageSetMetadata", "GetDatastore", "SearchImageSets", "", "CopyImageSet"].map((name) =>
        name === "" ? "answered" : "ResourceNotFoundException",
      ),
    );
  });
});

const isOfState = (name: string): boolean => name === "datastores" || name.startsWith("epoch-");

describe("POST /_local/reset", () => {
  test("cancels jobs in every stage, and none of their results appears later", async () => {
    const data = await temporary();
    await using sandbox = await openServer({
      data,
      log,
      durations: { jobSubmittedMs: 0, jobInProgressMs: 0 },
    });
    await fillBucket(sandbox.s3, "dicom", 12);
    for (let turn = 0; turn < 5; turn++) {
      const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
      const jobId = await startJob(sandbox, datastoreId, "dicom");
      // A little further each time: at its beginning, among its files, at its end.
      const isAtTurn = async () => {
        const progress = (await get(sandbox, `/_local/import-jobs/${jobId}`)) as { filesDone: number } | null;
        return progress === null || progress.filesDone >= 3 * turn;
      };
      await expect.poll(isAtTurn, { interval: 1 }).toBe(true);
      await reset(sandbox);
      const output = join(data, "s3", "dicom", "output");
      const list = () => readdir(output, { recursive: true }).catch(() => []);
      const before = new Set(await list());
      // The old folder is deleted once no work of the old instance is in flight.
      await expect.poll(async () => (await readdir(data)).filter(isOfState)).toEqual([`epoch-${turn + 1}`]);
      expect(new Set(await list())).toEqual(before);
      expect(await readdir(join(data, `epoch-${turn + 1}`))).toEqual([]);
      expect(await countDatastores(sandbox)).toBe(0);
    }
  });

  test("forgets client tokens", async () => {
    await using sandbox = await openServer({ log });
    const create = async () =>
      (await sandbox.medicalImaging.send(new CreateDatastoreCommand({ clientToken: "t" }))).datastoreId;
    const first = await create();
    expect(await create()).toBe(first);
    await reset(sandbox);
    expect(await create()).not.toBe(first);
  });

  test("restores the limits of the start, and fills the token buckets", async () => {
    await using sandbox = await openServer({
      log,
      clock: new ManualClock(),
      throttling: "aws",
      quotas: { "Maximum data stores": 7 },
      deny: ["medical-imaging:TagResource"],
    });
    const atStart = await get(sandbox, "/_local/limits");
    await sandbox.medicalImaging.send(new CreateDatastoreCommand({}));
    await fetch(`${sandbox.emulator.url}/_local/limits`, {
      method: "POST",
      body: JSON.stringify({ throttling: 5, quotas: { "Maximum data stores": 9 }, deny: [] }),
    });
    await sandbox.medicalImaging.send(new CreateDatastoreCommand({}));
    expect(await get(sandbox, "/_local/limits")).not.toEqual(atStart);
    await reset(sandbox);
    expect(await get(sandbox, "/_local/limits")).toEqual(atStart);
  });

  test("lets a clock that was frozen and moved run again", async () => {
    const real = new ManualClock();
    const clock = new EmulatorClock(real);
    await using sandbox = await openServer({ log, clock });
    clock.freeze();
    await clock.advance(86_400_000);
    await reset(sandbox);
    expect([clock.isFrozen, clock.now()]).toEqual([false, real.now()]);
  });

  test("does not wait for an advance of the clock that waits for an import job, and the clock then runs in real time", async () => {
    const real = new ManualClock();
    const clock = new EmulatorClock(real);
    await using sandbox = await openServer({ log, clock });
    const { datastoreId = "" } = await sandbox.medicalImaging.send(new CreateDatastoreCommand({}));
    await clock.advance(500);
    await fillBucket(sandbox.s3, "dicom", 12);
    await startJob(sandbox, datastoreId, "dicom");
    const moved = clock.advance(86_400_000);
    expect(await reset(sandbox)).toEqual([200, { epoch: 1, cancelledJobs: 1 }]);
    await moved;
    expect([clock.now(), clock.nextDue]).toEqual([real.now(), undefined]);
  });

  test("runs concurrent resets one after the other", async () => {
    await using sandbox = await openServer({ data: await temporary(), log });
    const { emulator } = sandbox;
    const created: Promise<unknown>[] = [];
    const asked = Array.from({ length: 20 }, (_, index) => {
      created.push(sandbox.medicalImaging.send(new CreateDatastoreCommand({})));
      return emulator.reset(index % 2 === 0 ? {} : { account: "000000000000" });
    });
    await Promise.all(created);
    const epochs = (await Promise.all(asked)).map(({ epoch }) => epoch);
    expect(epochs).toEqual(asked.map((_, index) => Math.floor(index / 2) + 1));
  });

  test("deletes the old files, and those that a killed process left", async () => {
    const data = await temporary();
    const first = await openServer({ data, log });
    await createActiveDatastore(first.medicalImaging);
    await reset(first);
    await expect.poll(async () => (await readdir(data)).filter(isOfState)).toEqual(["epoch-1"]);
    await first[Symbol.asyncDispose]();
    // As the process leaves it that dies before it has deleted them.
    const format = JSON.parse(await readFile(join(data, "format.json"), "utf8")) as object;
    await writeFile(join(data, "format.json"), JSON.stringify({ ...format, pastGenerations: [0] }));
    await mkdir(join(data, "datastores", "a", "frames"), { recursive: true });
    await writeFile(join(data, "datastores", "a", "frames", "f.jhc"), "frame");
    await using second = await openServer({ data, log });
    expect(await countDatastores(second)).toBe(0);
    await expect.poll(async () => (await readdir(data)).filter(isOfState)).toEqual(["epoch-1"]);
    expect(await reset(second)).toEqual([200, { epoch: 2, cancelledJobs: 0 }]);
  });

  test("changes nothing when it cannot be stored", async () => {
    const data = await temporary();
    await using sandbox = await openServer({ data, log });
    await createActiveDatastore(sandbox.medicalImaging);
    await mkdir(join(data, ".format.json.tmp"));
    expect((await reset(sandbox))[0]).toBe(500);
    expect(await countDatastores(sandbox)).toBe(1);
    expect(errors.splice(0)).toHaveLength(1);
  });

  test.each([
    ["{", "not a JSON object"],
    ["[]", "not a JSON object"],
    [{ acount: "111122223333" }, '"acount" is not an option of a reset. Did you mean "account"?'],
    [{ account: 111122223333 }, "account expects 12 digits in quotes, got 111122223333"],
    [{ account: "1111" }, "account expects 12 digits"],
    [{ account: null }, "account expects 12 digits"],
    [{ buckets: "yes" }, 'buckets expects true or false, got "yes"'],
    [{ account: "111122223333", buckets: true }, "buckets cannot be reset with one account"],
  ])("answers %j with a 400 that says why, and resets nothing", async (body, message) => {
    await using sandbox = await openServer({ log });
    await sandbox.medicalImaging.send(new CreateDatastoreCommand({}));
    expect(await reset(sandbox, body)).toEqual([400, { message: expect.stringContaining(message) }]);
    expect(await countDatastores(sandbox)).toBe(1);
  });

  test("takes an empty body for one without options", async () => {
    await using sandbox = await openServer({ log });
    await sandbox.medicalImaging.send(new CreateDatastoreCommand({}));
    expect((await reset(sandbox, ""))[0]).toBe(200);
    expect(await countDatastores(sandbox)).toBe(0);
  });

  test("refuses other methods", async () => {
    await using sandbox = await openServer({ log });
    expect((await fetch(`${sandbox.emulator.url}/_local/reset`)).status).toBe(404);
  });

  test("is refused by a closed emulator", async () => {
    const sandbox = await openServer({ log });
    await sandbox[Symbol.asyncDispose]();
    await expect(sandbox.emulator.reset()).rejects.toThrow("closed");
  });
});

describe("POST /_local/reset with buckets", () => {
  test("removes all buckets, and unlinks a linked bucket", async () => {
    const data = await temporary();
    const elsewhere = await temporary();
    await writeFile(join(elsewhere, "precious.dcm"), "precious");
    await using sandbox = await openServer({ data, log });
    await fillBucket(sandbox.s3, "dicom", 2);
    await symlink(elsewhere, join(data, "s3", "linked"));
    await symlink(elsewhere, join(data, "s3", "dicom", "inside"));
    await writeFile(join(data, "s3", "no-bucket"), "a file");
    expect(await reset(sandbox, { buckets: true })).toEqual([
      200,
      { epoch: 1, cancelledJobs: 0, buckets: { removed: ["dicom", "linked"], kept: [] } },
    ]);
    expect((await sandbox.s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    await expect.poll(() => readdir(join(data, "s3", ".uploads"))).toEqual([]);
    expect(await readdir(elsewhere)).toEqual(["precious.dcm"]);
    expect(await readdir(join(data, "s3"))).toEqual([".uploads", "no-bucket"]);
    await fillBucket(sandbox.s3, "dicom", 1);
    expect(await readdir(join(data, "s3", "dicom", "input"))).toHaveLength(1);
  });

  test("fails an in-flight upload of an object into one of them", async () => {
    await using sandbox = await openServer({ log });
    await sandbox.s3.send(new CreateBucketCommand({ Bucket: "dicom" }));
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new Uint8Array(10));
        await arrived;
        controller.enqueue(new Uint8Array(10));
        controller.close();
      },
    });
    const put = fetch(`${sandbox.emulator.url}/dicom/late`, {
      method: "PUT",
      body,
      duplex: "half",
    });
    await reset(sandbox, { buckets: true });
    arrive();
    expect((await put).status).toBe(404);
  });
});
