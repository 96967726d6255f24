import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FolderBuckets } from "../../../src/aws/s3/folder-buckets.ts";
import { openFolder } from "./front.ts";

test("an object whose write is aborted never appears", async () => {
  const buckets = new FolderBuckets(join(await openFolder(), "s3"));
  await buckets.createBucket("dicom");
  await buckets.write("dicom", "a/kept", Buffer.from("before"));
  const controller = new AbortController();
  const writes = ["a/kept", "a/new"].map((key) =>
    buckets.write("dicom", key, Buffer.from("late"), controller.signal),
  );
  controller.abort();
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const source = await buckets.locate("dicom", "a/kept");
  expect("path" in source && (await readFile(source.path, "utf8"))).toBe("before");
  await expect(buckets.head("dicom", "a/new")).rejects.toThrow("key does not exist");
});

test("emptying the buckets succeeds where there are none", async () => {
  const buckets = new FolderBuckets(join(await openFolder(), "s3"));
  await buckets.readyToEmpty();
  expect(buckets.empty()).toEqual({ removed: [], kept: [], temp: [] });
});

test("deleting a bucket that is a link unlinks it, and leaves the folder it leads to", async () => {
  const root = await openFolder();
  const buckets = new FolderBuckets(join(root, "s3"));
  await mkdir(join(root, "outside"));
  await mkdir(join(root, "s3"));
  await symlink(join(root, "outside"), join(root, "s3", "linked"));
  await buckets.deleteBucket("linked");
  expect(await buckets.listBuckets()).toEqual([]);
  expect(await readdir(root)).toContain("outside");
});
