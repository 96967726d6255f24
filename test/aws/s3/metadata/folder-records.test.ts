import { spawnSync } from "node:child_process";
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FolderBuckets } from "../../../../src/aws/s3/folder-buckets.ts";
import { openFolder, readObject } from "../front.ts";
import { asOrdinaryUser } from "../../../setup/ordinary-user.ts";
import { until } from "../../../until.ts";

const attributes = (note: string) => () => ({
  etag: "0".repeat(32),
  headers: { "x-amz-meta-note": note },
});

async function openBuckets() {
  const root = join(await openFolder(), "s3");
  const buckets = new FolderBuckets(root);
  await buckets.createBucket("bucket");
  const put = (key: string, note = key) =>
    buckets.put("bucket", key, [Buffer.from(note)], { attributes: attributes(note) });
  const noteOf = async (key: string, from = buckets) =>
    (await from.head("bucket", key)).attributes?.headers["x-amz-meta-note"];
  const folder = buckets.metadata.folderOf("bucket");
  const linesOf = async () => {
    const texts = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")),
    );
    return texts.join("").trimEnd().split("\n");
  };
  return { root, buckets, put, noteOf, folder, linesOf };
}

describe("the records of a folder", () => {
  test("do not grow with the times that an object is written", async () => {
    const { put, linesOf, noteOf } = await openBuckets();
    for (let index = 0; index < 1000; index++) await put("a", `note ${index}`);
    expect((await linesOf()).length).toBeLessThan(270);
    expect(await noteOf("a")).toBe("note 999");
  });

  test("do not grow with files that somebody deletes by hand, over restarts", async () => {
    const { root, put, linesOf, noteOf } = await openBuckets();
    await put("kept");
    for (let index = 0; index < 1000; index++) {
      await new FolderBuckets(root).put("bucket", `a-${index}`, [Buffer.from("x")], {
        attributes: attributes("x"),
      });
      await rm(join(root, "bucket", `a-${index}`));
    }
    expect((await linesOf()).length).toBeLessThan(270);
    expect(await noteOf("kept", new FolderBuckets(root))).toBe("kept");
  });

  test("stay of every object that is there, whatever the number", async () => {
    const { root, put, noteOf } = await openBuckets();
    for (let index = 0; index < 600; index++) await put(`many/${index}`);
    const again = new FolderBuckets(root);
    for (const index of [0, 255, 256, 599])
      expect(await noteOf(`many/${index}`, again)).toBe(`many/${index}`);
  });

  test("lose no more than the last line to a kill, and later lines are whole", async () => {
    const { root, put, folder, noteOf } = await openBuckets();
    await put("a");
    await put("b");
    const [name = ""] = await readdir(folder);
    const { length } = await readFile(join(folder, name));
    await truncate(join(folder, name), length - 9);
    const again = new FolderBuckets(root);
    expect(await noteOf("a", again)).toBe("a");
    await again.put("bucket", "c", [Buffer.from("c")], { attributes: attributes("c") });
    const third = new FolderBuckets(root);
    expect([await noteOf("a", third), await noteOf("b", third), await noteOf("c", third)]).toEqual([
      "a",
      undefined,
      "c",
    ]);
  });

  test("of a folder that somebody deleted go when others come", async () => {
    const { root, put, folder } = await openBuckets();
    for (let index = 0; index < 60; index++) await put(`study-${index}/a`);
    for (let index = 0; index < 50; index++)
      await rm(join(root, "bucket", `study-${index}`), { recursive: true });
    for (let index = 60; index < 66; index++) await put(`study-${index}/a`);
    await until(
      () => readdir(folder),
      (names) => names.length < 20,
    );
    await put("study-0/a");
    expect((await new FolderBuckets(root).head("bucket", "study-0/a")).attributes).toBeDefined();
  });

  test("are bounded in memory, and read again where they were dropped", async () => {
    const { buckets, noteOf } = await openBuckets();
    const long = "x".repeat(16_000);
    for (let folder = 0; folder < 40; folder++)
      for (let index = 0; index < 60; index++)
        await buckets.put("bucket", `${folder}/${index}`, [], {
          attributes: attributes(`${folder}-${long}`),
        });
    expect(buckets.metadata.charactersInMemory).toBeLessThan(33 * 2 ** 20);
    expect(await noteOf("0/59")).toBe(`0-${long}`);
  });

  test("of two folders with 40,000 keys each stay in memory", async () => {
    const { root, folder, put, noteOf } = await openBuckets();
    const keys = ["a/0", "b/0"];
    for (const key of keys) await put(key);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const [line = ""] = (await readFile(path, "utf8")).split("\n").slice(1);
      const others = Array.from({ length: 40_000 }, (_, index) => line.replace('"0"', `"${index + 1}"`));
      await appendFile(path, `${others.join("\n")}\n`);
    }
    const again = new FolderBuckets(root);
    for (const key of keys) await noteOf(key, again);
    await rm(folder, { recursive: true });
    for (const key of keys) expect(await noteOf(key, again)).toBe(key);
  });

  test("are not read through a link, nor written through one", async () => {
    const { root, put, folder, noteOf } = await openBuckets();
    await put("a");
    const [name = ""] = await readdir(folder);
    const outside = join(root, "..", "outside.jsonl");
    await writeFile(outside, await readFile(join(folder, name)));
    await rm(join(folder, name));
    await symlink(outside, join(folder, name));
    const again = new FolderBuckets(root);
    expect(await noteOf("a", again)).toBeUndefined();
    const late = again.put("bucket", "b", [Buffer.from("b")], { attributes: attributes("b") });
    await expect(late).rejects.toThrow();
    expect(await readFile(outside, "utf8")).not.toContain('"b"');
  });

  test("are made again where somebody deleted their folder", async () => {
    const { put, root, noteOf } = await openBuckets();
    await put("a");
    await rm(`${root}-metadata`, { recursive: true });
    await put("b");
    expect(await noteOf("b", new FolderBuckets(root))).toBe("b");
  });

  test("that are not readable as such are left out", async () => {
    const { root, put, folder, noteOf } = await openBuckets();
    await put("a");
    const [name = ""] = await readdir(folder);
    await appendFile(
      join(folder, name),
      'null\n{"name":"a","etag":1}\n[]\n{"name":"b","etag":"x","headers":{}}\n',
    );
    expect(await noteOf("a", new FolderBuckets(root))).toBe("a");
  });

  test("of a marker are those of the marker", async () => {
    const { buckets, noteOf, root } = await openBuckets();
    await buckets.put("bucket", "a/", [], { attributes: attributes("marker") });
    expect(await noteOf("a/", new FolderBuckets(root))).toBe("marker");
    await mkdir(join(root, "bucket", "plain"));
    expect((await buckets.head("bucket", "plain/")).attributes).toBeUndefined();
  });

  test.each([
    ["of a running emulator", (buckets: FolderBuckets, _root: string) => buckets],
    ["of one that has just started", (_buckets: FolderBuckets, root: string) => new FolderBuckets(root)],
  ])("that cannot be stored leave the object that was there: %s", async (_name, open) => {
    const { root, buckets, put, folder, noteOf } = await openBuckets();
    await put("a", "old");
    const [name = ""] = await readdir(folder);
    const lines = await readFile(join(folder, name));
    await rm(join(folder, name));
    await mkdir(join(folder, name));
    const again = open(buckets, root);
    for (const key of ["a", "b"]) {
      const late = again.put("bucket", key, [Buffer.from("new")], { attributes: attributes("new") });
      await expect(late).rejects.toThrow();
    }
    expect(await readObject(again, "a")).toBe("old");
    await expect(again.head("bucket", "b")).rejects.toThrow("does not exist");
    await rm(join(folder, name), { recursive: true });
    await writeFile(join(folder, name), lines);
    expect(await noteOf("a", new FolderBuckets(root))).toBe("old");
  });

  test("of a marker that cannot be stored leave no folder", async () => {
    const { buckets, put, folder, root } = await openBuckets();
    await put("a/", "");
    const [name = ""] = await readdir(folder);
    await rm(join(folder, name));
    await mkdir(join(folder, name));
    await expect(put("b/", "")).rejects.toThrow();
    await expect(buckets.head("bucket", "b/")).rejects.toThrow("does not exist");
    expect(await readdir(join(root, "bucket"))).toEqual(["a"]);
  });

  test("are those of the old object where the new one cannot take its place", async () => {
    const { root, buckets, put, noteOf } = await openBuckets();
    await put("a", "old");
    spawnSync("chmod", ["-R", "777", join(root, "..")]);
    await chmod(join(root, "bucket"), 0o555);
    await asOrdinaryUser(async () => {
      for (const key of ["a", "b"]) await expect(put(key, "new")).rejects.toThrow("EACCES");
    });
    await chmod(join(root, "bucket"), 0o755);
    for (const from of [buckets, new FolderBuckets(root)]) expect(await noteOf("a", from)).toBe("old");
    await writeFile(join(root, "bucket", "b"), "new");
    expect(await noteOf("b", new FolderBuckets(root))).toBeUndefined();
  });
});
