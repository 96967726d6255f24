import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateDatastoreCommand,
  DeleteImageSetCommand,
  GetDICOMImportJobCommand,
  StartDICOMImportJobCommand,
  TagResourceCommand,
} from "@aws-sdk/client-medical-imaging";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { createSampleSeries } from "../../../../src/local/sdk/import/sample-series.ts";
import type { ImportJobStatus } from "../../../../src/index.ts";
import { createActiveDatastore, openServer, readText, type ServerSandbox } from "../../../clients.ts";
import {
  findImageSets,
  importSlices,
  settle,
  updateCommand,
} from "../../../contract/image-sets/image-sets.ts";
import { scaled } from "../../../setup/timeouts.ts";
import { lookAtAll } from "../look.ts";
import { useErrorLog, useTemporaryFolders } from "../set-up.ts";

const temporary = useTemporaryFolders();
const { log } = useErrorLog();

const update = (datastoreId: string, imageSetId: string, version: string, name: string) =>
  updateCommand(datastoreId, imageSetId, version, {
    updatable: { SchemaVersion: "1.1", Patient: { DICOM: { PatientName: name } } },
  });

/** A store with something of everything in it. */
async function fill(sandbox: ServerSandbox) {
  const { medicalImaging } = sandbox;
  const create = new CreateDatastoreCommand({ clientToken: "of-the-snapshot", datastoreName: "empty" });
  const { datastoreId: empty } = await medicalImaging.send(create);
  const datastoreId = await createActiveDatastore(medicalImaging, "full");
  const kept = await importSlices(sandbox, datastoreId, "dicom-a", 0, 2);
  const deleted = await importSlices(sandbox, datastoreId, "dicom-b", 2, 3);
  await medicalImaging.send(update(datastoreId, kept, "1", "Doe^Second"));
  await settle(sandbox, datastoreId, kept);
  await medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: deleted }));
  await expect.poll(() => findImageSets(sandbox, datastoreId)).toEqual([kept]);
  const arn = `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${datastoreId}`;
  await medicalImaging.send(new TagResourceCommand({ resourceArn: arn, tags: { of: "store" } }));
  await medicalImaging.send(
    new TagResourceCommand({ resourceArn: `${arn}/imageset/${kept}`, tags: { of: "image set" } }),
  );
  // A new data store is ACTIVE before anything is looked at.
  await sandbox.emulator.control.wait(`datastore/${empty}`, { status: "ACTIVE" });
  return { create, empty, datastoreId, kept };
}

const startJob = (datastoreId: string, bucket: string) =>
  new StartDICOMImportJobCommand({
    datastoreId,
    clientToken: crypto.randomUUID(),
    dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
    inputS3Uri: `s3://${bucket}/input`,
    outputS3Uri: `s3://${bucket}/again`,
  });

describe.each([
  ["in memory", async () => ({})],
  ["in a folder", async () => ({ data: await temporary() })],
])("a snapshot, %s,", (_where, place) => {
  test("restores everything after all of it has changed", async () => {
    await using sandbox = await openServer({ ...(await place()), log });
    const { medicalImaging, emulator } = sandbox;
    const { create, empty, datastoreId, kept } = await fill(sandbox);
    const before = await lookAtAll(medicalImaging);
    const { snapshots } = emulator.control;
    const saved = await snapshots.save("demo");
    expect(saved).toMatchObject({ name: "demo", datastores: 2, importJobs: 2, imageSets: 2, buckets: null });
    expect(await snapshots.list()).toEqual([saved]);

    await medicalImaging.send(update(datastoreId, kept, "2", "Doe^Third"));
    await settle(sandbox, datastoreId, kept);
    await medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: kept }));
    await expect.poll(() => findImageSets(sandbox, datastoreId)).toEqual([]);
    await createActiveDatastore(medicalImaging, "later");
    expect(await lookAtAll(medicalImaging)).not.toEqual(before);

    expect(await snapshots.restore("demo")).toEqual({ epoch: 1, cancelledJobs: 0 });
    expect(await lookAtAll(medicalImaging)).toEqual(before);
    expect((await medicalImaging.send(create)).datastoreId).toBe(empty);
    // Restored data no longer belongs to the snapshot: a change does not alter the snapshot.
    await medicalImaging.send(update(datastoreId, kept, "2", "Doe^Fourth"));
    await settle(sandbox, datastoreId, kept);
    await snapshots.restore("demo");
    expect(await lookAtAll(medicalImaging)).toEqual(before);
    await snapshots.remove("demo");
    expect(await snapshots.list()).toEqual([]);
    expect(await lookAtAll(medicalImaging)).toEqual(before);
  });

  test("cancels running jobs when it is restored, and nothing of them appears later", async () => {
    await using sandbox = await openServer({ ...(await place()), log });
    const { medicalImaging, emulator, s3 } = sandbox;
    const { datastoreId } = await fill(sandbox);
    const before = await lookAtAll(medicalImaging);
    await emulator.control.snapshots.save("demo");
    for (const { name, bytes } of createSampleSeries(16))
      await s3.send(new PutObjectCommand({ Bucket: "dicom-a", Key: `input/more-${name}`, Body: bytes }));
    const { jobId = "" } = await medicalImaging.send(startJob(datastoreId, "dicom-a"));
    await emulator.control.wait(`importJob/${jobId}`, { status: "IN_PROGRESS" });
    expect(await emulator.control.snapshots.restore("demo")).toEqual({ epoch: 1, cancelledJobs: 1 });
    await expect(medicalImaging.send(new GetDICOMImportJobCommand({ datastoreId, jobId }))).rejects.toThrow(
      "does not exist",
    );
    await emulator.control.snapshots.save("after");
    expect(await lookAtAll(medicalImaging)).toEqual(before);
    // The same import, started again, finds the importer free.
    const again = await medicalImaging.send(startJob(datastoreId, "dicom-a"));
    await emulator.control.wait(`importJob/${again.jobId}`, { status: "COMPLETED", timeout: scaled(50_000) });
  });

  test("of a running job is refused; forced, the job begins again when it is restored", async () => {
    await using sandbox = await openServer({ ...(await place()), log });
    const { medicalImaging, emulator } = sandbox;
    const { snapshots, resources } = emulator.control;
    const wait = (id: string, status: ImportJobStatus) =>
      emulator.control.wait(`importJob/${id}`, { status });
    const { datastoreId } = await fill(sandbox);
    await resources.hold("importJob/*", "IN_PROGRESS");
    const { jobId = "" } = await medicalImaging.send(startJob(datastoreId, "dicom-a"));
    await wait(jobId, "IN_PROGRESS");
    await expect(snapshots.save("running")).rejects.toThrow("1 import job is in progress: wait");
    await snapshots.save("running", { force: true });
    await emulator.reset();
    await snapshots.restore("running");
    await wait(jobId, "COMPLETED");
    expect(await findImageSets(sandbox, datastoreId)).toHaveLength(2);
  });

  test("with buckets restores them as they were, and removes others", async () => {
    await using sandbox = await openServer({ ...(await place()), log });
    const { s3, emulator } = sandbox;
    await fill(sandbox);
    await s3.send(new PutObjectCommand({ Bucket: "dicom-a", Key: "notes/a.txt", Body: "first" }));
    await s3.send(new PutObjectCommand({ Bucket: "dicom-a", Key: "empty", Body: Buffer.alloc(0) }));
    await emulator.control.snapshots.save("demo", { buckets: true });
    await s3.send(new PutObjectCommand({ Bucket: "dicom-a", Key: "notes/a.txt", Body: "second" }));
    await s3.send(new DeleteObjectCommand({ Bucket: "dicom-a", Key: "empty" }));
    await s3.send(new CreateBucketCommand({ Bucket: "later" }));
    const { buckets } = await emulator.control.snapshots.restore("demo");
    expect(buckets).toEqual({ placed: ["dicom-a", "dicom-b"], kept: [] });
    expect(await readText(s3, "s3://dicom-a/notes/a.txt")).toBe("first");
    expect(await readText(s3, "s3://dicom-a/empty")).toBe("");
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual(["dicom-a", "dicom-b"]);
  });

  test("is one file, the same bytes for the same content, that a fresh emulator begins with", async () => {
    await using sandbox = await openServer({ ...(await place()), log });
    await fill(sandbox);
    const before = await lookAtAll(sandbox.medicalImaging);
    const { snapshots } = sandbox.emulator.control;
    await snapshots.save("demo", { buckets: true });
    await snapshots.save("twin", { buckets: true });
    const file = await snapshots.export("demo");
    expect(Buffer.compare(file, await snapshots.export("twin"))).toBe(0);
    const { savedAt: _, ...counts } = await snapshots.import("brought", file);
    expect(counts).toMatchObject({ name: "brought", datastores: 2, imageSets: 2, buckets: 2 });
    expect(Buffer.compare(file, await snapshots.export("brought"))).toBe(0);

    const seed = join(await temporary(), "demo.tar.gz");
    await writeFile(seed, file);
    const elsewhere = await place();
    await using other = await openServer({ ...elsewhere, seed, log });
    expect(await lookAtAll(other.medicalImaging)).toEqual(before);
    expect(await other.emulator.control.snapshots.list()).toEqual([]);
    await other.emulator.control.snapshots.save("demo", { buckets: true });
    expect(Buffer.compare(file, await other.emulator.control.snapshots.export("demo"))).toBe(0);
  });
});

describe("snapshots in a data folder", () => {
  test("remain after a restart, as does restored data, and a seed is loaded only once", async () => {
    const data = await temporary();
    const first = await openServer({ data, log });
    await fill(first);
    const before = await lookAtAll(first.medicalImaging);
    await first.emulator.control.snapshots.save("demo", { buckets: true });
    const seed = join(await temporary(), "demo.tar.gz");
    await writeFile(seed, await first.emulator.control.snapshots.export("demo"));
    await first.emulator.reset({ buckets: true });
    await first.emulator.control.snapshots.restore("demo");
    await first[Symbol.asyncDispose]();

    const second = await openServer({ data, seed, log });
    expect(await lookAtAll(second.medicalImaging)).toEqual(before);
    await createActiveDatastore(second.medicalImaging, "later");
    await second[Symbol.asyncDispose]();
    await using third = await openServer({ data, seed, log });
    expect(await lookAtAll(third.medicalImaging)).toHaveLength(3);
    expect(await third.emulator.control.snapshots.list()).toMatchObject([{ name: "demo" }]);
  });

  test("share frames with the live data, and no file that may still be changed", async () => {
    const data = await temporary();
    await using sandbox = await openServer({ data, log });
    const { datastoreId } = await fill(sandbox);
    await sandbox.emulator.control.snapshots.save("demo", { buckets: true });
    const frames = join("datastores", datastoreId, "frames");
    const [frame = ""] = await readdir(join(data, frames));
    const served = await stat(join(data, frames, frame));
    const saved = await stat(join(data, "snapshots", "demo", frames, frame));
    expect([saved.ino, saved.nlink]).toEqual([served.ino, 2]);
    const objects = join(data, "snapshots", "demo", "objects");
    for (const name of await readdir(objects)) expect((await stat(join(objects, name))).nlink).toBe(1);
  });
});

describe("/_local/snapshots", () => {
  test.each([
    ["PUT", "..%2Fout", undefined, 400, "the name of a snapshot expects up to 64 letters"],
    ["PUT", ".hidden", undefined, 400, "the name of a snapshot expects up to 64 letters"],
    ["PUT", "a", { bucket: true }, 400, 'Did you mean "buckets"?'],
    ["PUT", "a", { buckets: "yes" }, 400, 'buckets expects true or false, got "yes"'],
    ["GET", "none", undefined, 404, "no snapshot is named none"],
    ["DELETE", "none", undefined, 404, "no snapshot is named none"],
    ["POST", "none/restore", undefined, 404, "no snapshot is named none"],
    ["GET", "none/file", undefined, 404, "no snapshot is named none"],
    ["PATCH", "none", undefined, 404, "/snapshots/none: this path has GET, PUT, DELETE"],
  ])("answers %s %s with %j by status %i", async (method, path, body, status, message) => {
    await using sandbox = await openServer({ log });
    const response = await fetch(`${sandbox.emulator.url}/_local/snapshots/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ message: expect.stringContaining(message) as string }),
    ]);
  });

  test("refuses a name that is taken unless the snapshot is to be replaced", async () => {
    await using sandbox = await openServer({ log });
    const { snapshots } = sandbox.emulator.control;
    await snapshots.save("demo");
    await createActiveDatastore(sandbox.medicalImaging);
    await expect(snapshots.save("demo")).rejects.toMatchObject({ status: 409 });
    const empty = await snapshots.export("demo");
    expect(await snapshots.save("demo", { replace: true })).toMatchObject({ datastores: 1 });
    await expect(snapshots.import("demo", empty)).rejects.toMatchObject({ status: 409 });
    expect(await snapshots.import("demo", empty, { replace: true })).toMatchObject({ datastores: 0 });
  });

  test("keeps and logs nothing of a file whose sender disconnects", async () => {
    const data = await temporary();
    await using sandbox = await openServer({ data, log });
    const inSpool = () => readdir(join(data, ".spool"));
    const sender = new AbortController();
    const begun = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.of(31)),
    });
    const sending = fetch(`${sandbox.emulator.url}/_local/snapshots/s/file`, {
      method: "PUT",
      body: begun,
      duplex: "half",
      signal: sender.signal,
    });
    await expect.poll(inSpool).toHaveLength(1);
    sender.abort();
    await expect(sending).rejects.toThrow("aborted");
    await expect.poll(inSpool).toEqual([]);
  });

  test("does not block other requests for a file that arrives slowly", async () => {
    await using sandbox = await openServer({ log });
    const { snapshots } = sandbox.emulator.control;
    await snapshots.save("demo");
    const file = await snapshots.export("demo");
    const { promise: isSaved, resolve: goOn } = Promise.withResolvers<void>();
    const slowly = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(file.subarray(0, 20));
        await isSaved;
        controller.enqueue(file.subarray(20));
        controller.close();
      },
    });
    const target = `${sandbox.emulator.url}/_local/snapshots/slow/file`;
    const importing = fetch(target, { method: "PUT", body: slowly, duplex: "half" });
    await snapshots.save("meanwhile");
    goOn();
    expect((await importing).status).toBe(201);
    expect((await snapshots.list()).map(({ name }) => name)).toEqual(["demo", "meanwhile", "slow"]);
  });
});
