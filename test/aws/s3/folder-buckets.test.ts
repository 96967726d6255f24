import { mkdir, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

import { FolderBuckets } from "../../../src/aws/s3/folder-buckets.ts";
import { writeCorsFile } from "../../../src/aws/s3/metadata/cors-file.ts";
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

test("an upload whose source misses a file fails, and leaves the object as it was", async () => {
  const buckets = new FolderBuckets(join(await openFolder(), "s3"));
  await buckets.createBucket("dicom");
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("begun");
    yield await readFile("/no/such/part");
  };
  await expect(buckets.put("dicom", "a", source())).rejects.toThrow("/no/such/part");
  await expect(buckets.head("dicom", "a")).rejects.toThrow("key does not exist");
});

test("uploads go on where somebody has deleted the folder of unfinished ones", async () => {
  const root = join(await openFolder(), "s3");
  const buckets = new FolderBuckets(root);
  await buckets.createBucket("dicom");
  await buckets.write("dicom", "a", Buffer.from("before"));
  await rm(join(root, ".uploads"), { recursive: true });
  await Promise.all(["b", "c"].map((key) => buckets.write("dicom", key, Buffer.from("after"))));
  expect(await readFile(join(root, "dicom", "c"), "utf8")).toBe("after");
  expect(await readdir(join(root, ".uploads"))).toEqual([]);
});

test("emptied buckets leave nothing of what was kept of their objects", async () => {
  const buckets = new FolderBuckets(join(await openFolder(), "s3"));
  await buckets.createBucket("dicom");
  const attributes = () => ({ etag: "0".repeat(32), headers: { "x-amz-meta-a": "b" } });
  await buckets.put("dicom", "a", [], { attributes });
  expect((await buckets.head("dicom", "a")).attributes).toMatchObject(attributes());
  await buckets.readyToEmpty();
  expect(buckets.empty().removed).toEqual(["dicom"]);
  expect(await readdir(buckets.metadata.root)).toEqual([]);
});

test("emptied buckets leave nothing of one that somebody deleted by hand", async () => {
  const root = join(await openFolder(), "s3");
  const buckets = new FolderBuckets(root);
  await buckets.createBucket("dicom");
  writeCorsFile(buckets.metadata.folderOf("dicom"), []);
  await rm(join(root, "dicom"), { recursive: true });
  await symlink(await openFolder(), join(buckets.metadata.root, "linked"));
  await buckets.readyToEmpty();
  buckets.empty();
  expect(await readdir(buckets.metadata.root)).toEqual([]);
  await mkdir(join(root, "dicom"));
  expect(buckets.corsRulesOf("dicom")).toBeUndefined();
});

test("CORS rules that cannot be read are none, and are warned of once", async () => {
  const warned: string[] = [];
  const buckets = new FolderBuckets(join(await openFolder(), "s3"), undefined, (text) => warned.push(text));
  await buckets.createBucket("dicom");
  await mkdir(join(buckets.metadata.folderOf("dicom"), "cors.json"), { recursive: true });
  expect([buckets.corsRulesOf("dicom"), buckets.corsRulesOf("dicom")]).toEqual([undefined, undefined]);
  expect(warned).toEqual([
    expect.stringMatching(/^the CORS rules of bucket dicom are not read: .*is a folder/),
  ]);
});
