import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { saveBuckets } from "../../../src/aws/s3/bucket-snapshots.ts";
import { asOrdinaryUser } from "../../setup/ordinary-user.ts";
import { bodyOf, call, type Front, openFolder, openFront, outcomeOf } from "./front.ts";

/** A bucket that its user may enter, and in it what they may not: modes by path. */
async function openBucket(modes: Readonly<Record<string, number>>): Promise<Front> {
  const front = await openFront();
  await front.buckets.createBucket("bucket");
  const bucket = join(front.root, "bucket");
  for (const key of ["a", "half/h.dcm", "locked/deep/l.dcm", "open/o.dcm"]) {
    await mkdir(dirname(join(bucket, key)), { recursive: true });
    await writeFile(join(bucket, key), key);
  }
  await chmod(dirname(front.root), 0o755);
  for (const [path, mode] of Object.entries(modes)) await chmod(join(bucket, path), mode);
  onTestFinished(async () => {
    for (const path of Object.keys(modes)) await chmod(join(bucket, path), 0o700);
  });
  return front;
}

const keysOf = (body: string) => [...body.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key);

// Windows has neither modes nor users to act as.
describe.skipIf(process.seteuid === undefined)("folders that this user may not read", () => {
  const modes = { locked: 0, half: 0o444 };

  test("are left out of a listing of the others, and the log says so once, without their names", async () => {
    const { handle, warned, root } = await openBucket(modes);
    await symlink("locked/deep", join(root, "bucket", "link"));
    for (const query of ["list-type=2", "list-type=2&prefix=l", "list-type=2&prefix=h"]) {
      const answer = await asOrdinaryUser(() => call(handle, { target: `/bucket?${query}` }));
      expect(answer.status).toBe(200);
      expect(keysOf(await bodyOf(answer))).toEqual(query === "list-type=2" ? ["a", "open/o.dcm"] : []);
    }
    expect(warned).toEqual([
      "bucket bucket has files or folders that this user may not read: listings omit them, " +
        "import jobs list them in failure.ndjson",
    ]);
  });

  test("are told to an import job, each with its reason and in the order of the keys", async () => {
    const { buckets } = await openBucket(modes);
    const listed = await asOrdinaryUser(() =>
      Array.fromAsync(buckets.list("bucket", ""), ({ key, fault }) => [key, fault]),
    );
    expect(listed).toEqual([
      ["a", undefined],
      ["half/h.dcm", "the file cannot be read (EACCES)"],
      ["locked/", "the folder cannot be read (EACCES)"],
      ["open/o.dcm", undefined],
    ]);
  });

  test("are in no snapshot that says it has the buckets", async () => {
    const { buckets } = await openBucket({ locked: 0 });
    const folder = await openFolder();
    await chmod(folder, 0o777);
    const saving = asOrdinaryUser(() => saveBuckets(buckets, folder));
    await expect(saving).rejects.toThrow("s3://bucket/locked/: the folder cannot be read (EACCES)");
  });

  test("make a listing AccessDenied when one of them is the bucket itself", async () => {
    const { handle } = await openBucket({ "": 0o300 });
    const listing = asOrdinaryUser(() => call(handle, { target: "/bucket?list-type=2" }));
    expect(await outcomeOf(listing)).toBe("403 AccessDenied");
  });
});
