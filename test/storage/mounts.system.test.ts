import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, DeleteBucketCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { frameKey } from "../../src/domain/blobs.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { openServer } from "../clients.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };
const ID = "a".repeat(32);

const run = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;
const unmount = (folder: string): boolean => run("umount", "--lazy", folder);

let root: string;
let data: string;
let mounted: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  data = join(root, "data");
  mounted = [];
});
afterEach(async () => {
  for (const folder of mounted.toReversed()) unmount(folder);
  await rm(root, { recursive: true });
});

/** Mounts another file system, or a folder of the same one, which has the same device number. */
async function mount(path: string, kind: "tmpfs" | "bind"): Promise<void> {
  const folder = join(data, path);
  await mkdir(folder, { recursive: true });
  const source = await mkdtemp(join(root, "source-"));
  const args = kind === "tmpfs" ? ["-t", "tmpfs", "tmpfs"] : ["--bind", source];
  if (!run("mount", ...args, folder)) throw new Error(`${folder} could not be mounted`);
  mounted.push(folder);
}

async function mountable(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-mount-"));
  const isMounted = run("mount", "-t", "tmpfs", "tmpfs", folder) && unmount(folder);
  await rm(folder, { recursive: true });
  return isMounted;
}

const canMount = await mountable();
if (!canMount)
  process.stderr.write("SKIPPED: mounts in a data folder. They need the right to mount a tmpfs (root)\n");

describe.skipIf(!canMount).each(["tmpfs", "bind"] as const)("a mount (%s) in a data folder", (kind) => {
  test.each(["datastores", ".spool"])("is refused by the start in the place of %s", async (path) => {
    await mount(path, kind);
    await expect(openStorage(data, LOG)).rejects.toThrow(
      `${join(data, path)} is a separate mount, so files of the data folder cannot be moved into it: mount the whole data folder instead`,
    );
  });

  test("is refused by the start in the place of the current generation", async () => {
    const storage = await openStorage(data, LOG);
    storage.beginGeneration();
    await storage.close();
    await mount("epoch-1", kind);
    await expect(openStorage(data, LOG)).rejects.toThrow(`${join(data, "epoch-1")} is a separate mount`);
  });

  test("is named by the import of a frame where it is deeper than a start looks", async () => {
    await mount(`datastores/${ID}/frames`, kind);
    const storage = await openStorage(data, LOG);
    const frame = join(storage.spoolFolder, "frame");
    await writeFile(frame, "frame");
    await expect(storage.generation.blobs.take(frameKey(ID, ID), frame)).rejects.toThrow(
      `${join(data, "datastores", ID, "frames")} is a separate mount`,
    );
    await storage.close();
  });

  test("gives its snapshots to a restore, and a save into it is refused with the reason", async () => {
    {
      await using before = await openServer({ data });
      await before.emulator.control.snapshots.save("kept");
    }
    await rename(join(data, "snapshots"), join(root, "saved"));
    await mount("snapshots", kind);
    await cp(join(root, "saved"), join(data, "snapshots"), { recursive: true });
    await using sandbox = await openServer({ data });
    const { control } = sandbox.emulator;
    const refusal = `${join(data, "snapshots")} is a separate mount: its snapshots can be restored and exported`;
    await expect(control.snapshots.save("new")).rejects.toThrow(refusal);
    await expect(control.snapshots.remove("kept")).rejects.toThrow(refusal);
    expect(await control.snapshots.restore("kept")).toMatchObject({ epoch: 1 });
  });

  test("may be a bucket, which then is not deleted: a conflict says that it is a mount", async () => {
    await mount("s3/mounted", kind);
    await using sandbox = await openServer({ data });
    const { s3 } = sandbox;
    await expect(s3.send(new DeleteBucketCommand({ Bucket: "mounted" }))).rejects.toMatchObject({
      name: "InvalidBucketState",
      message: expect.stringContaining("is a mount"),
      $metadata: { httpStatusCode: 409 },
    });
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
  });

  test("may be the folder of all buckets", async () => {
    await mount("s3", kind);
    await using sandbox = await openServer({ data });
    const { s3 } = sandbox;
    await s3.send(new CreateBucketCommand({ Bucket: "new" }));
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
    await s3.send(new DeleteBucketCommand({ Bucket: "new" }));
  });
});
