import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FolderBuckets } from "../../../src/aws/s3/folder-buckets.ts";
import { call, type Front, openFolder, openFront, outcomeOf, readObject } from "./front.ts";

interface OneBucket extends Front {
  readonly folder: string;
}

async function openBucket(): Promise<OneBucket> {
  const front = await openFront();
  await front.buckets.createBucket("bucket");
  return { ...front, folder: join(front.root, "bucket") };
}

const write = (buckets: FolderBuckets, key: string, text = "x") =>
  buckets.write("bucket", key, Buffer.from(text));

async function keysOf(buckets: FolderBuckets): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of buckets.list("bucket", "")) keys.push(key);
  return keys;
}

describe("a key that no file can have", () => {
  test.each([
    ["..", 'the name ".."'],
    ["../bucket/a", 'the name ".."'],
    ["a/../../b", 'the name ".."'],
    ["a/./b", 'the name "."'],
    ["/etc/passwd", "an empty name"],
    ["a//b", "an empty name"],
    ["a/b//", "an empty name"],
    ["a\0b", "a NUL character"],
    [`${"ü".repeat(128)}/a`, "256 bytes"],
    ["a/".repeat(600), "1200 bytes"],
    [`.uploading-${"0".repeat(32)}`, "unfinished uploads"],
  ])("is refused by every method: $0", async (key, why) => {
    const { root, buckets, handle } = await openBucket();
    await writeFile(join(root, "a"), "outside");
    const target = `/bucket/${encodeURIComponent(key)}`;
    for (const method of ["GET", "PUT", "DELETE"]) {
      const { status, body } = await call(handle, { method, target, body: "x" });
      expect([method, status, body]).toEqual([
        method,
        400,
        expect.stringContaining(why.replaceAll('"', "&quot;")),
      ]);
    }
    for (const touch of [
      () => write(buckets, key),
      () => buckets.locate("bucket", key),
      () => buckets.head("bucket", key),
      () => buckets.delete("bucket", key),
    ])
      await expect(touch()).rejects.toThrow(why);
    expect(await readFile(join(root, "a"), "utf8")).toBe("outside");
  });

  test("is also refused where it is sent without percent encoding", async () => {
    const { handle } = await openBucket();
    expect(await outcomeOf(call(handle, { target: "/bucket/../bucket/a" }))).toBe("400 InvalidArgument");
    expect(await outcomeOf(call(handle, { target: "/../bucket/a" }))).toBe("400 InvalidBucketName");
    expect(await outcomeOf(call(handle, { target: "/.uploads/a" }))).toBe("400 InvalidBucketName");
    expect(await outcomeOf(call(handle, { target: "/bucket/%ff" }))).toBe("400 InvalidURI");
  });

  test("is refused for its length only beyond the longest file name", async () => {
    const { buckets } = await openBucket();
    const key = ["a", "b", "c", "d"].map((letter) => letter.repeat(255)).join("/");
    await write(buckets, key);
    expect(await keysOf(buckets)).toEqual([key]);
  });
});

describe("since a file and a folder cannot have the same name,", () => {
  test("an object cannot be below another object", async () => {
    const { buckets } = await openBucket();
    await write(buckets, "a/b");
    await expect(write(buckets, "a/b/c")).rejects.toThrow('"a/b" is an object, so it cannot be the folder');
    await expect(write(buckets, "a/b/")).rejects.toThrow('"a/b" is an object');
    await expect(buckets.locate("bucket", "a/b/c")).rejects.toThrow("does not exist");
    await buckets.delete("bucket", "a/b/c");
    expect(await keysOf(buckets)).toEqual(["a/b"]);
  });

  test("an object cannot have the name of a folder", async () => {
    const { buckets } = await openBucket();
    await write(buckets, "a/b");
    await expect(write(buckets, "a")).rejects.toThrow('"a/" is a folder');
    await expect(buckets.locate("bucket", "a")).rejects.toThrow("does not exist");
    await buckets.delete("bucket", "a");
    expect(await keysOf(buckets)).toEqual(["a/b"]);
  });
});

describe("a folder marker", () => {
  test("exists while the folder is empty", async () => {
    const { buckets, folder } = await openBucket();
    await write(buckets, "a/", "");
    expect(await buckets.head("bucket", "a/")).toMatchObject({ byteLength: 0 });
    expect(await readObject(buckets, "a/")).toBe("");
    expect(await keysOf(buckets)).toEqual(["a/"]);
    await write(buckets, "a/b");
    await expect(buckets.head("bucket", "a/")).rejects.toThrow("does not exist");
    expect(await keysOf(buckets)).toEqual(["a/b"]);
    await buckets.delete("bucket", "a/");
    expect(await keysOf(buckets)).toEqual(["a/b"]);
    await buckets.delete("bucket", "a/b");
    expect(await readdir(folder)).toEqual([]);
  });

  test("has no bytes", async () => {
    const { buckets, folder } = await openBucket();
    await expect(write(buckets, "a/", "x")).rejects.toThrow("expected 0 bytes, got 1");
    expect(await readdir(folder)).toEqual([]);
  });

  test("is deleted", async () => {
    const { buckets, folder } = await openBucket();
    await write(buckets, "a/b/", "");
    await buckets.delete("bucket", "a/b/");
    expect(await readdir(folder)).toEqual([]);
  });
});

test.each(["condition", "conflict", "marker with bytes"])(
  "a write refused by a %s leaves no folder and no upload behind",
  async (refusal) => {
    const { buckets, folder, root } = await openBucket();
    await write(buckets, "file");
    const key = { conflict: "file/b/c", condition: "a/b/c" }[refusal] ?? "a/b/";
    const permit = () => {
      if (refusal === "condition") throw new Error("not now");
    };
    await expect(buckets.put("bucket", key, [Buffer.from("x")], { permit })).rejects.toThrow();
    expect(await readdir(folder, { recursive: true })).toEqual(["file"]);
    expect(await readdir(join(root, ".uploads"))).toEqual([]);
  },
);

test("concurrent writes and deletes in one folder do not disturb each other", async () => {
  const { buckets } = await openBucket();
  const rounds = Array.from({ length: 60 }, async (_, index) => {
    await write(buckets, `a/b/${index}`);
    if (index % 3 !== 0) await buckets.delete("bucket", `a/b/${index}`);
  });
  await Promise.all(rounds);
  expect(await keysOf(buckets)).toHaveLength(20);
});

test("a listing sees a folder that comes and goes with its object, or not at all", async () => {
  const { buckets } = await openBucket();
  const end = new AbortController();
  const listing = async (): Promise<string[]> => {
    const seen: string[] = [];
    while (!end.signal.aborted) seen.push(...(await keysOf(buckets)));
    return seen;
  };
  const listings = Array.from({ length: 4 }, listing);
  for (let round = 0; round < 250; round++) {
    await write(buckets, "a/b");
    // The others have turns while it is there, every other time.
    if (round % 2 === 0) await keysOf(buckets);
    await buckets.delete("bucket", "a/b");
  }
  end.abort();
  expect([...new Set((await Promise.all(listings)).flat())]).toEqual(["a/b"]);
});

// On Windows only administrators make links.
describe.skipIf(process.platform === "win32")("a symbolic link", () => {
  test("that leads out of the bucket is neither listed nor followed", async () => {
    const { buckets, folder, root } = await openBucket();
    await mkdir(join(root, "bucket2"));
    await writeFile(join(root, "bucket2", "secret"), "secret");
    await symlink(join(root, "bucket2"), join(folder, "folder"));
    await symlink(join(root, "bucket2", "secret"), join(folder, "file"));
    await symlink(join(root, "absent"), join(folder, "nowhere"));
    expect(await keysOf(buckets)).toEqual([]);
    const why = "leads outside the bucket's folder";
    await expect(buckets.locate("bucket", "folder/secret")).rejects.toThrow(why);
    await expect(buckets.locate("bucket", "file")).rejects.toThrow(why);
    await expect(write(buckets, "folder/new")).rejects.toThrow(why);
    await expect(write(buckets, "folder/sub/new")).rejects.toThrow(why);
    await expect(write(buckets, "nowhere/new")).rejects.toThrow("cannot be the folder");
    await expect(buckets.delete("bucket", "folder/secret")).rejects.toThrow(why);
    expect(await readdir(join(root, "bucket2"))).toEqual(["secret"]);
  });

  test("is itself replaced by a write and removed by a delete, not its target", async () => {
    const { buckets, folder, root } = await openBucket();
    await writeFile(join(root, "outside"), "outside");
    await symlink(join(root, "outside"), join(folder, "a"));
    await symlink(join(root, "outside"), join(folder, "b"));
    await write(buckets, "a", "inside");
    await buckets.delete("bucket", "b");
    expect(await readFile(join(root, "outside"), "utf8")).toBe("outside");
    expect(await keysOf(buckets)).toEqual(["a"]);
  });

  test("inside the bucket counts as its target, and a loop of links does not hang a listing", async () => {
    const { buckets, folder } = await openBucket();
    await write(buckets, "a/b", "text");
    await symlink(join(folder, "a", "b"), join(folder, "file"));
    await symlink(join(folder, "a"), join(folder, "folder"));
    await symlink(folder, join(folder, "a", "circle"));
    expect(await keysOf(buckets)).toEqual(["a/b", "file", "folder/b"]);
    expect(await readObject(buckets, "folder/b")).toBe("text");
  });

  test("is one on the way to a key, at most: folders that link to each other end", async () => {
    const { buckets, folder } = await openBucket();
    const names = Array.from({ length: 12 }, (_, index) => `f${String(index).padStart(2, "0")}`);
    for (const name of names) {
      await write(buckets, `${name}/a`, name);
      for (const other of names)
        if (other !== name) await symlink(join(folder, other), join(folder, name, other));
    }
    const keys = await keysOf(buckets);
    expect(keys).toHaveLength(12 + 12 * 11);
    expect(keys).toContain("f00/f01/a");
    const { objects } = await buckets.page("bucket", {
      prefix: "",
      delimiter: "",
      after: "f05/a",
      maxKeys: 3,
    });
    expect(objects.map(({ key }) => key)).toEqual(["f05/f00/a", "f05/f01/a", "f05/f02/a"]);
    expect(await readObject(buckets, "f00/f01/f02/a")).toBe("f02");
  });

  test("is no way on from a folder that a link led to, though nothing of it is a key", async () => {
    const { buckets, folder } = await openBucket();
    for (let depth = 0; depth < 30; depth++) {
      await mkdir(join(folder, `level-${depth}`));
      for (const name of ["x", "y"])
        await symlink(join(folder, `level-${depth + 1}`), join(folder, `level-${depth}`, name));
    }
    expect(await keysOf(buckets)).toEqual([]);
  });

  test("can be the bucket itself", async () => {
    const { buckets, root } = await openBucket();
    const elsewhere = await openFolder();
    await writeFile(join(elsewhere, "a.dcm"), "x");
    await symlink(elsewhere, join(root, "linked"));
    expect(await buckets.bucketExists("linked")).toBe(true);
    expect(await buckets.locate("linked", "a.dcm")).toMatchObject({ path: expect.stringContaining("a.dcm") });
    await buckets.write("linked", "out/manifest.json", Buffer.from("{}"));
    expect(await readdir(join(elsewhere, "out"))).toEqual(["manifest.json"]);
  });
});

const OTHER_DISK = "/dev/shm";
const isOtherDisk = existsSync(OTHER_DISK) && process.platform === "linux";
if (!isOtherDisk) process.stderr.write("SKIPPED: a bucket on another file system; needs /dev/shm\n");

test.skipIf(!isOtherDisk)("a bucket on another file system accepts writes", async () => {
  const { buckets, root } = await openBucket();
  const elsewhere = await mkdtemp(join(OTHER_DISK, "healthimaging-local-s3-"));
  onTestFinished(() => rm(elsewhere, { recursive: true }));
  await symlink(elsewhere, join(root, "mounted"));
  await buckets.write("mounted", "a/b", Buffer.from("text"));
  expect(await readdir(elsewhere, { recursive: true })).toEqual(["a", "a/b"]);
  await writeFile(join(elsewhere, `.uploading-${"0".repeat(32)}`), "half");
  const listed: string[] = [];
  for await (const { key } of buckets.list("mounted", "")) listed.push(key);
  expect(listed).toEqual(["a/b"]);
});

// Windows has no FIFOs in folders.
test.skipIf(process.platform === "win32")(
  "a named pipe is not an object and does not hang a reader",
  async () => {
    const { buckets, folder } = await openBucket();
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "pipe")]);
    expect(await keysOf(buckets)).toEqual([]);
    await expect(buckets.open("bucket", "pipe")).rejects.toThrow("does not exist");
  },
);

test("the domain's port refuses a bucket that does not exist", async () => {
  const { buckets } = await openFront();
  expect(await buckets.bucketExists("absent")).toBe(false);
  expect(await buckets.bucketExists("../bucket")).toBe(false);
  await expect(write(buckets, "a")).rejects.toThrow("bucket does not exist");
  await expect(buckets.locate("bucket", "a")).rejects.toThrow("bucket does not exist");
  await expect(keysOf(buckets)).rejects.toThrow("bucket does not exist");
  expect(await buckets.listBuckets()).toEqual([]);
});

test("a backslash is an ordinary character of a key, except on Windows, where it is refused", async () => {
  const { buckets } = await openBucket();
  const writing = write(buckets, "a\\b");
  await (process.platform === "win32" ? expect(writing).rejects.toThrow("Windows") : writing);
});
