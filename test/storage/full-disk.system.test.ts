import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDatastoreCommand,
  DeleteDatastoreCommand,
  GetDatastoreCommand,
  InternalServerException,
  TagResourceCommand,
  type MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, openServer, runJob, type Sandbox } from "../clients.ts";

const disk = mkdtempSync(join(tmpdir(), "healthimaging-local-disk-"));
const mount = (...args: readonly string[]): boolean => spawnSync("mount", [...args, disk]).status === 0;
const unmount = (): void => void spawnSync("umount", ["--lazy", disk]);

const canMount = process.platform === "linux" && mount("-t", "tmpfs", "-o", "size=4m", "tmpfs");
if (canMount) unmount();
else process.stderr.write("SKIPPED: full and read-only disks. They need the right to mount a tmpfs (root)\n");
afterAll(() => rmSync(disk, { recursive: true }));

const said: string[] = [];
const log = {
  info: () => {},
  warn: (message: string) => void said.push(message),
  error: (message: string) => void said.push(message),
};

/** Takes all the room that is left. */
function fillUp(): void {
  const ballast = openSync(join(disk, "ballast"), "w");
  try {
    for (;;) writeSync(ballast, new Uint8Array(4096));
  } catch {
    closeSync(ballast);
  }
}

const open = (): Promise<Sandbox> => openServer({ data: join(disk, "data"), log });

/** The error of a change that cannot be stored, from a client without retries. */
async function refusal(client: MedicalImagingClient, datastoreName: string): Promise<unknown> {
  let hint: string | undefined;
  const command = new CreateDatastoreCommand({ datastoreName, clientToken: datastoreName });
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args).catch((error: { $response?: { headers: Record<string, string> } }) => {
        hint = error.$response?.headers["x-local-hint"];
        throw error;
      });
      return result;
    },
    { step: "deserialize", priority: "high" },
  );
  const error: unknown = await client.send(command).catch((thrown: unknown) => thrown);
  if (!(error instanceof InternalServerException)) return error;
  return [error.message, hint];
}

describe.skipIf(!canMount)("a data folder on a disk", () => {
  beforeEach(() => {
    said.length = 0;
    mount("-t", "tmpfs", "-o", "size=4m", "tmpfs");
  });
  afterEach(unmount);

  test("that is full refuses changes clearly, logs that once, and keeps them when there is room", async () => {
    const sandbox = await open();
    const { medicalImaging } = sandbox;
    const before = await createActiveDatastore(medicalImaging);
    fillUp();
    expect(await refusal(medicalImaging, "a")).toEqual([
      "The change could not be stored",
      "the data folder is not writable: the disk is full",
    ]);
    expect(await refusal(medicalImaging, "b")).toEqual(
      expect.arrayContaining(["The change could not be stored"]),
    );
    expect(said).toEqual([expect.stringContaining("the disk is full; changes stay in memory")]);
    // What is there is served all the same.
    await medicalImaging.send(new GetDatastoreCommand({ datastoreId: before }));
    await rm(join(disk, "ballast"));
    // The same token: what was made the first time, which is kept now.
    const command = new CreateDatastoreCommand({ datastoreName: "a", clientToken: "a" });
    const { datastoreId } = await medicalImaging.send(command);
    expect(said.at(-1)).toBe("all changes are written");
    await sandbox[Symbol.asyncDispose]();
    await using again = await open();
    const { datastoreProperties } = await again.medicalImaging.send(new GetDatastoreCommand({ datastoreId }));
    expect(datastoreProperties?.datastoreName).toBe("a");
    expect(said.slice(2)).toEqual([]);
  });

  test("that is full makes an upload fail, and the log says why in one line", async () => {
    await using sandbox = await open();
    await sandbox.s3.send(new CreateBucketCommand({ Bucket: "dicom" }));
    fillUp();
    const put = new PutObjectCommand({ Bucket: "dicom", Key: "a", Body: new Uint8Array(10_000) });
    await expect(sandbox.s3.send(put)).rejects.toThrow("No space is left on the disk");
    expect(new Set(said)).toEqual(new Set(["an S3 request failed: the disk is full"]));
  });

  test("that is full leaves an object as it was where what S3 keeps of the new one has no room", async () => {
    await using sandbox = await open();
    const object = { Bucket: "dicom", Key: "a" };
    await sandbox.s3.send(new CreateBucketCommand({ Bucket: "dicom" }));
    await sandbox.s3.send(new PutObjectCommand({ ...object, Body: "old", ContentType: "text/old" }));
    fillUp();
    // Without bytes it needs no room, but its headers need another page of their file.
    const ContentDisposition = `inline; filename="${"x".repeat(5000)}"`;
    const put = new PutObjectCommand({ ...object, Body: "", ContentDisposition });
    await expect(sandbox.s3.send(put)).rejects.toThrow("No space is left on the disk");
    const left = await sandbox.s3.send(new GetObjectCommand(object));
    expect([await left.Body?.transformToString(), left.ContentType]).toEqual(["old", "text/old"]);
  });

  test("that is full makes an import fail without leftovers, and the import succeeds when there is room", async () => {
    const sandbox = await open();
    const { medicalImaging } = sandbox;
    const datastoreId = await createActiveDatastore(medicalImaging);
    const input = join(disk, "data", "s3", "dicom", "in");
    spawnSync("mkdir", ["-p", input]);
    for (const { name, bytes } of createSampleSeries(2)) await writeFile(join(input, name), bytes);
    fillUp();
    const start = runJob(medicalImaging, datastoreId, "s3://dicom/in", "s3://dicom/out");
    await expect(start).rejects.toThrow();
    await rm(join(disk, "ballast"));
    const { job } = await runJob(medicalImaging, datastoreId, "s3://dicom/in", "s3://dicom/out");
    expect(job.jobStatus).toBe("COMPLETED");
    await sandbox[Symbol.asyncDispose]();
  });

  test("that is full makes snapshots and resets fail with that reason, and nothing changes", async () => {
    const { emulator, ...sandbox } = await openServer({ data: join(disk, "data"), log });
    const { control } = emulator;
    const datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    const bucket = join(disk, "data", "s3", "dicom");
    spawnSync("mkdir", ["-p", bucket]);
    await writeFile(join(bucket, "object"), new Uint8Array(2 ** 16));
    await control.snapshots.save("before", { buckets: true });
    fillUp();
    const full = { status: 507, message: "The data folder is not writable: the disk is full" };
    await expect(control.snapshots.save("a", { buckets: true })).rejects.toMatchObject(full);
    await expect(control.snapshots.restore("before")).rejects.toMatchObject(full);
    await expect(control.reset({ account: "000000000000" })).rejects.toMatchObject({ status: 500 });
    await rm(join(disk, "ballast"));
    // Asked again it has nothing left to throw away, but the files of the first time.
    expect(await control.reset({ account: "000000000000" })).toMatchObject({ datastores: 0 });
    const left = () => readdir(join(disk, "data", "datastores"));
    await expect.poll(left).not.toContain(datastoreId);
    expect((await control.snapshots.list()).map(({ name }) => name)).toEqual(["before"]);
    await sandbox[Symbol.asyncDispose]();
  });

  test("that becomes read-only refuses changes in the same way, and nothing is damaged", async () => {
    const sandbox = await open();
    const { medicalImaging } = sandbox;
    const datastoreId = await createActiveDatastore(medicalImaging);
    const path = join(disk, "data", "datastores", datastoreId, "datastore.json");
    await expect.poll(() => readFile(path, "utf8")).toContain("ACTIVE");
    const before = await readFile(path, "utf8");
    expect(mount("-o", "remount,ro")).toBe(true);
    expect(await refusal(medicalImaging, "a")).toEqual([
      "The change could not be stored",
      "the data folder is not writable: the file system is read-only",
    ]);
    expect(await readFile(path, "utf8")).toBe(before);
    await expect(open()).rejects.toMatchObject({ code: "EROFS" });
    expect(mount("-o", "remount,rw")).toBe(true);
    const { datastoreProperties } = await medicalImaging.send(new GetDatastoreCommand({ datastoreId }));
    const resourceArn = datastoreProperties?.datastoreArn ?? "";
    await medicalImaging.send(new TagResourceCommand({ resourceArn, tags: { is: "kept" } }));
    expect(await readFile(path, "utf8")).toContain('"is": "kept"');
    await medicalImaging.send(new DeleteDatastoreCommand({ datastoreId }));
    await sandbox[Symbol.asyncDispose]();
  });
});
