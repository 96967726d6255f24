import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DiskSpace } from "../../../src/storage/snapshots/disk-space.ts";
import { FolderBuckets } from "../../../src/aws/s3/folder-buckets.ts";
import { writeCorsFile } from "../../../src/aws/s3/metadata/cors-file.ts";
import {
  bringsBuckets,
  carryBuckets,
  checkSavedBuckets,
  placeBuckets,
  saveBuckets,
} from "../../../src/aws/s3/bucket-snapshots.ts";

let folder: string;
let buckets: FolderBuckets;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
  for (const name of ["saved", "generation"]) await mkdir(join(folder, name));
  buckets = new FolderBuckets(join(folder, "s3"));
  await buckets.createBucket("one");
  await buckets.createBucket("two");
  await buckets.write("one", "a/b", Buffer.from("first"));
  await buckets.write("one", "a/copy", Buffer.from("first"));
  await buckets.write("one", "none", Buffer.alloc(0));
  await buckets.write("one", "marker/", Buffer.alloc(0));
});
afterEach(() => rm(folder, { recursive: true }));

const [SAVED, GENERATION] = [() => join(folder, "saved"), () => join(folder, "generation")];
const ROOM = () => new DiskSpace({ byteLength: 2 ** 20, files: 100 });
const place = () => placeBuckets(GENERATION(), join(folder, "s3"), buckets);

describe("saved buckets", () => {
  test("are restored with their keys, markers, bytes and times", async () => {
    const list = () =>
      Array.fromAsync(buckets.list("one", ""), (object) => [
        object.key,
        object.byteLength,
        "modifiedMs" in object && object.modifiedMs,
      ]);
    const before = await list();
    expect(await saveBuckets(buckets, SAVED())).toBe(2);
    expect(await readdir(join(SAVED(), "objects"))).toHaveLength(2);
    expect(await checkSavedBuckets(SAVED())).toBe(2);
    await carryBuckets(SAVED(), GENERATION(), ROOM());
    await buckets.write("one", "a/b", Buffer.from("second"));
    await buckets.createBucket("later");
    expect(place()).toMatchObject({ placed: ["one", "two"], kept: [] });
    expect(await list()).toEqual(before);
    expect((await buckets.listBuckets()).map(({ name }) => name)).toEqual(["one", "two"]);
  });

  test("are restored with content types, metadata, ETags and CORS rules", async () => {
    const headers = { "content-type": "application/dicom", "x-amz-meta-mtime": "1" };
    const attributes = () => ({ etag: `${"0".repeat(32)}-2`, headers });
    const rule = { allowedOrigins: ["*"], allowedMethods: ["GET"], allowedHeaders: [], exposeHeaders: [] };
    await buckets.put("one", "a/parts", [Buffer.from("parts")], { attributes });
    writeCorsFile(buckets.metadata.folderOf("one"), [rule]);
    await saveBuckets(buckets, SAVED());
    expect(await checkSavedBuckets(SAVED())).toBe(2);
    await carryBuckets(SAVED(), GENERATION(), ROOM());
    await buckets.put("one", "a/parts", [Buffer.from("other")], {
      attributes: () => ({ etag: "1".repeat(32), headers: {} }),
    });
    writeCorsFile(buckets.metadata.folderOf("two"), [rule]);
    place();
    for (const reader of [buckets, new FolderBuckets(join(folder, "s3"))]) {
      expect((await reader.head("one", "a/parts")).attributes).toMatchObject(attributes());
      expect((await reader.head("one", "a/b")).etag).toBe('"8b04d5e3775d298e78455efc5ca404d5"');
      expect([reader.corsRulesOf("one"), reader.corsRulesOf("two")]).toEqual([[rule], undefined]);
    }
  });

  test.each([0, 1, 2])(
    "are complete after a kill during their restore, when %i were in their place",
    async (done) => {
      const attributes = () => ({ etag: "0".repeat(32), headers: { "x-amz-meta-a": "b" } });
      for (const name of ["one", "two"]) await buckets.put(name, "kept", [Buffer.from("x")], { attributes });
      await saveBuckets(buckets, SAVED());
      await carryBuckets(SAVED(), GENERATION(), ROOM());
      // As the process would have left it: the old ones gone, some of the new ones there.
      buckets.empty();
      await rename(join(GENERATION(), "s3-next"), join(GENERATION(), "s3-placing"));
      const placing = join(GENERATION(), "s3-placing");
      await mkdir(join(folder, "s3-metadata"), { recursive: true });
      for (const name of ["one", "two"].slice(0, done)) {
        await rename(join(placing, ".metadata", name), join(folder, "s3-metadata", name));
        await rename(join(placing, name), join(folder, "s3", name));
      }
      expect(bringsBuckets(GENERATION())).toBe(true);
      place();
      expect(bringsBuckets(GENERATION())).toBe(false);
      expect((await buckets.listBuckets()).map(({ name }) => name)).toEqual(["one", "two"]);
      expect(await readFile(join(folder, "s3/one/a/b"), "utf8")).toBe("first");
      for (const name of ["one", "two"])
        expect((await buckets.head(name, "kept")).attributes).toMatchObject(attributes());
    },
  );

  test("whose keys have one object many times are refused where the disk has no room for all of them", async () => {
    await buckets.write("one", "big", Buffer.alloc(30_000));
    await saveBuckets(buckets, SAVED());
    const list = join(SAVED(), "buckets.jsonl");
    const line = (await readFile(list, "utf8")).split("\n").find((text) => text.includes('"big"')) ?? "";
    for (let index = 0; index < 40; index++)
      await appendFile(list, `${line.replace("big", `big-${index}`)}\n`);
    await expect(carryBuckets(SAVED(), GENERATION(), ROOM())).rejects.toMatchObject({
      code: "SnapshotTooLarge",
    });
    expect(await readdir(GENERATION())).toEqual([]);
  });

  const [GOOD, SHA] = ['{"bucket":"one"}', "a".repeat(64)];
  const object = (key: string): string => JSON.stringify({ bucket: "one", key, sha256: SHA, modifiedMs: 1 });
  test.each([
    ["a bucket that is a path", '{"bucket":"../x"}', "The specified bucket is not valid"],
    [
      "a key that leads out of the bucket",
      `${GOOD}\n{"bucket":"one","key":"../x","sha256":"${SHA}","modifiedMs":1}`,
      "buckets.jsonl:2",
    ],
    [
      "a checksum that is a path",
      `${GOOD}\n{"bucket":"one","key":"x","sha256":"../../x","modifiedMs":1}`,
      "no SHA-256",
    ],
    [
      "bytes that are missing",
      `${GOOD}\n{"bucket":"one","key":"x","sha256":"${SHA}","modifiedMs":1}`,
      "is missing",
    ],
    [
      "an object in no bucket",
      `{"bucket":"one","key":"x","sha256":"${SHA}","modifiedMs":1}`,
      "has no bucket",
    ],
    [
      "an object below another",
      `${GOOD}\n${object("x")}\n${object("x/y/z")}`,
      "buckets.jsonl:3 is below an object",
    ],
    [
      "a time after the year 9999",
      `${GOOD}\n${object("x").replace(":1}", ":253402300800000}")}`,
      "no valid time",
    ],
    ["a bucket twice", `${GOOD}\n${GOOD}`, "appears twice"],
    ["a line that is not JSON", "x", "buckets.jsonl:1"],
    ["CORS rules that are none", '{"bucket":"one","cors":[1]}', "no CORS rules"],
    [
      "a header that S3 does not keep",
      `${GOOD}\n${object("x").replace("}", ',"attributes":{"etag":"d41d8cd98f00b204e9800998ecf8427e","headers":{"set-cookie":"a"}}}')}`,
      "its attributes are not",
    ],
  ])("are refused with %s", async (_what, list, says) => {
    await writeFile(join(SAVED(), "buckets.jsonl"), list);
    await expect(checkSavedBuckets(SAVED())).rejects.toThrow(says);
  });
});
