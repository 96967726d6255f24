import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scaled } from "../../setup/timeouts.ts";
import { openFolder, type ServedFront, serveFront } from "./front.ts";

const run = promisify(execFile);
const isThere = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const isCliThere = isThere("aws", "--version");
const isBotoThere = isThere("python3", "-c", "import boto3");
if (!isCliThere) process.stderr.write("SKIPPED: buckets with the AWS CLI; install awscli\n");
if (!isBotoThere) process.stderr.write("SKIPPED: buckets with boto3; install python3-boto3\n");

/**
 * Nine commands, one after the other, each a process that loads Python and botocore first: nearly all of the time is
 * theirs. They took 7 seconds on two cores with a load of 4, and more than a minute with a load of 17.
 */
const TIMEOUT_MS = scaled(180_000);

interface User extends ServedFront {
  /** A folder with three small files and one of 20 MB. */
  readonly local: string;
  readonly environment: NodeJS.ProcessEnv;
}

async function openUser(): Promise<User> {
  const front = await serveFront();
  const local = await openFolder();
  await mkdir(join(local, "study", "series 1"), { recursive: true });
  for (const name of ["study/a.dcm", "study/series 1/ü+&.dcm", "note.txt"])
    await writeFile(join(local, name), name);
  await writeFile(join(local, "big.bin"), randomBytes(20 * 1024 ** 2));
  const environment = {
    PATH: process.env["PATH"],
    HOME: local,
    LC_ALL: "C.UTF-8",
    AWS_ENDPOINT_URL: front.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return { ...front, local, environment };
}

test.skipIf(!isCliThere)(
  "the AWS CLI makes, fills, lists, copies, empties and removes a bucket",
  async () => {
    const { local, root, environment } = await openUser();
    const aws = async (...args: string[]): Promise<string> =>
      (await run("aws", ["s3", ...args], { cwd: local, env: environment })).stdout;

    await aws("mb", "s3://bucket");
    await aws("cp", "--recursive", "--quiet", ".", "s3://bucket/in/");
    for (const name of ["big.bin", "study/series 1/ü+&.dcm"]) {
      const [stored, sent] = await Promise.all([
        readFile(join(root, "bucket", "in", name)),
        readFile(join(local, name)),
      ]);
      expect(stored.equals(sent)).toBe(true);
    }
    expect(await aws("ls", "s3://bucket/in/")).toMatch(/PRE study\/\n.* 20971520 big\.bin\n.* 8 note\.txt\n/);

    // Nothing to do right after the upload; then the one file that is newer.
    expect(await aws("sync", ".", "s3://bucket/in/")).toBe("");
    const later = new Date(2040, 1, 1);
    await utimes(join(local, "note.txt"), later, later);
    expect(await aws("sync", "--no-progress", ".", "s3://bucket/in/")).toMatch(/^upload: .*note\.txt/);
    await aws("sync", "--quiet", "s3://bucket/in/study", "back");
    expect(await readdir(join(local, "back"), { recursive: true })).toHaveLength(3);

    await aws("mv", "--quiet", "s3://bucket/in/big.bin", "s3://bucket/moved.bin");
    expect((await readdir(join(root, "bucket"))).sort()).toEqual(["in", "moved.bin"]);
    // Removes every object, then the bucket, which is refused while it holds one.
    await aws("rb", "--force", "s3://bucket");
    expect(await readdir(root)).not.toContain("bucket");
    await expect(aws("ls", "s3://bucket")).rejects.toThrow("NoSuchBucket");
  },
  TIMEOUT_MS,
);

const BOTO3_SESSION = `
import boto3, hashlib, io, json
from botocore.config import Config
from botocore.exceptions import ClientError
s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
s3.create_bucket(Bucket="bucket")
s3.put_object(Bucket="bucket", Key="a/ü+ x", Body=b"text")
s3.upload_fileobj(io.BytesIO(open("big.bin", "rb").read()), "bucket", "big.bin")
big = io.BytesIO()
s3.download_fileobj("bucket", "big.bin", big)
pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", PaginationConfig={"PageSize": 1})
try:
    s3.get_object(Bucket="bucket", Key="absent")
except ClientError as error:
    absent = error.response["Error"]["Code"]
deleted = s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "a/ü+ x"}]})["Deleted"]
print(json.dumps({
    "keys": [item["Key"] for page in pages for item in page.get("Contents", [])],
    "big": big.getvalue() == open("big.bin", "rb").read(),
    "absent": absent,
    "deleted": deleted,
    "location": s3.get_bucket_location(Bucket="bucket")["LocationConstraint"],
}))
`;

test.skipIf(!isBotoThere)("boto3 writes, reads, pages and deletes", { timeout: TIMEOUT_MS }, async () => {
  const { local, environment } = await openUser();
  const { stdout } = await run("python3", ["-c", BOTO3_SESSION], { cwd: local, env: environment });
  expect(JSON.parse(stdout)).toEqual({
    keys: ["big.bin"],
    big: true,
    absent: "NoSuchKey",
    deleted: [{ Key: "a/ü+ x" }],
    location: null,
  });
});
