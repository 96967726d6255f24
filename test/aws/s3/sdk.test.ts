import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { posixPath } from "../../../tools/posix-path.ts";
import { type ServedFront, serveFront } from "./front.ts";

const Bucket = "dicom-input";

async function serveBucket(): Promise<ServedFront> {
  const front = await serveFront();
  await front.client.send(new CreateBucketCommand({ Bucket }));
  return front;
}

const textAt = async (client: S3Client, Key: string, Range?: string): Promise<string | undefined> =>
  (await client.send(new GetObjectCommand({ Bucket, Key, Range }))).Body?.transformToString();

describe("buckets", () => {
  test("are made, found, listed and removed", async () => {
    const { client, root } = await serveBucket();
    await client.send(new CreateBucketCommand({ Bucket: "another.bucket" }));
    await mkdir(join(root, "No_Bucket_Name"));

    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual(["another.bucket", Bucket]);
    expect(Buckets[0]?.CreationDate?.getTime()).toBeGreaterThan(0);
    await client.send(new HeadBucketCommand({ Bucket }));
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket }));
    expect(LocationConstraint).toBeFalsy();

    await client.send(new DeleteBucketCommand({ Bucket }));
    await expect(client.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
    await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  test("are not removed while they hold something", async () => {
    const { client } = await serveBucket();
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
    await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: "BucketNotEmpty",
    });
  });

  test("can be made again in us-east-1, and not elsewhere", async () => {
    const { client } = await serveBucket();
    await client.send(new CreateBucketCommand({ Bucket }));
    const elsewhere = { LocationConstraint: "eu-west-1" } as const;
    await expect(
      client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: elsewhere })),
    ).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou" });
  });
});

describe("an object", () => {
  test("is a plain file, and a plain file is an object", async () => {
    const { client, root } = await serveBucket();
    await client.send(new PutObjectCommand({ Bucket, Key: "study 1/ü+&?.dcm", Body: "written" }));
    expect(await readFile(join(root, Bucket, "study 1/ü+&?.dcm"), "utf8")).toBe("written");

    await writeFile(join(root, Bucket, "study 1/copied.dcm"), "by hand");
    expect(await textAt(client, "study 1/copied.dcm")).toBe("by hand");
    expect(await textAt(client, "study 1/ü+&?.dcm")).toBe("written");
  });

  test("has one ETag and one time in every answer, and another ETag when it changes", async () => {
    const { client } = await serveBucket();
    const Key = "a";
    const put = await client.send(new PutObjectCommand({ Bucket, Key, Body: "first" }));
    const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
    const get = await client.send(new GetObjectCommand({ Bucket, Key }));
    const { Contents: [listed] = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect([head.ETag, get.ETag, listed?.ETag]).toEqual([put.ETag, put.ETag, put.ETag]);
    expect(put.ETag).toBe(`"${createHash("md5").update("first").digest("hex")}"`);
    expect(get.LastModified).toEqual(head.LastModified);
    expect(head).toMatchObject({ ContentLength: 5, ContentType: "application/octet-stream" });
    await get.Body?.transformToString();

    const again = await client.send(new PutObjectCommand({ Bucket, Key, Body: "other" }));
    expect(again.ETag).not.toBe(put.ETag);
  });

  test("has another ETag when its file is edited in place", async () => {
    const { client, root } = await serveBucket();
    const etag = async () => (await client.send(new HeadObjectCommand({ Bucket, Key: "a" }))).ETag;
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "first" }));
    const before = await etag();
    await writeFile(join(root, Bucket, "a"), "other");
    await utimes(join(root, Bucket, "a"), 1, 1);
    expect(await etag()).not.toBe(before);
  });

  test.each([
    ["bytes=2-4", "cde", "bytes 2-4/10"],
    ["bytes=7-", "hij", "bytes 7-9/10"],
    ["bytes=-2", "ij", "bytes 8-9/10"],
    ["bytes=-99", "abcdefghij", "bytes 0-9/10"],
    ["bytes=8-99", "ij", "bytes 8-9/10"],
  ])("is read in part: %s", async (Range, text, contentRange) => {
    const { client } = await serveBucket();
    const Key = "a";
    await client.send(new PutObjectCommand({ Bucket, Key, Body: "abcdefghij" }));
    const { Body, ContentRange, $metadata } = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
    expect(await Body?.transformToString()).toBe(text);
    expect([ContentRange, $metadata.httpStatusCode]).toEqual([contentRange, 206]);
  });

  test("has no range beyond its end", async () => {
    const { client } = await serveBucket();
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "abc" }));
    await expect(textAt(client, "a", "bytes=3-")).rejects.toMatchObject({
      name: "InvalidRange",
      $metadata: { httpStatusCode: 416 },
    });
  });

  test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "arrives as a stream with a %s trailer",
    async (ChecksumAlgorithm) => {
      const { client, root } = await serveBucket();
      const pieces = Array.from({ length: 40 }, (_, index) => Buffer.alloc(9973, index));
      const Body = Readable.from(pieces);
      const ContentLength = 40 * 9973;
      await client.send(new PutObjectCommand({ Bucket, Key: "a", Body, ContentLength, ChecksumAlgorithm }));
      const stored = await readFile(join(root, Bucket, "a"));
      expect(stored.equals(Buffer.concat(pieces))).toBe(true);
    },
  );

  test("of any size is refused where its bucket does not exist", async () => {
    const { client } = await serveFront();
    const Body = Buffer.alloc(20 * 1024 ** 2);
    await expect(client.send(new PutObjectCommand({ Bucket, Key: "a", Body }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  test("may be empty", async () => {
    const { client } = await serveBucket();
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "" }));
    expect(await textAt(client, "a")).toBe("");
  });

  test("keeps its bytes for a reader while it is overwritten", async () => {
    const { client } = await serveBucket();
    const before = Buffer.alloc(8 * 1024 ** 2, "a");
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: before }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "a" }));
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "short" }));
    expect(before.equals((await Body?.transformToByteArray()) ?? before.subarray(1))).toBe(true);
  });

  test("that does not exist is a 404", async () => {
    const { client } = await serveBucket();
    await expect(textAt(client, "a")).rejects.toMatchObject({ name: "NoSuchKey", Key: "a" });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: "a" }))).rejects.toMatchObject({
      name: "NotFound",
    });
  });

  test("is sent again only when it has changed", async () => {
    const { client } = await serveBucket();
    const Key = "a";
    const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key }));
    for (const condition of [{ IfNoneMatch: ETag }, { IfModifiedSince: LastModified }])
      await expect(client.send(new GetObjectCommand({ Bucket, Key, ...condition }))).rejects.toMatchObject({
        $metadata: { httpStatusCode: 304 },
      });
    await expect(
      client.send(new GetObjectCommand({ Bucket, Key, IfMatch: '"other"' })),
    ).rejects.toMatchObject({ name: "PreconditionFailed" });
  });

  test("is written only where its condition holds", async () => {
    const { client } = await serveBucket();
    const put = (Body: string, condition: object) =>
      client.send(new PutObjectCommand({ Bucket, Key: "a", Body, ...condition }));
    const { ETag } = await put("first", { IfNoneMatch: "*" });
    await expect(put("second", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(put("third", { IfMatch: '"other"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
    expect(await textAt(client, "a")).toBe("first");
    await put("fourth", { IfMatch: ETag });
    expect(await textAt(client, "a")).toBe("fourth");
  });

  test("is copied, also from a name that has to be encoded", async () => {
    const { client } = await serveBucket();
    await client.send(new PutObjectCommand({ Bucket, Key: "from/ü+ x", Body: "copied" }));
    const CopySource = `${Bucket}/${encodeURIComponent("from/ü+ x")}`;
    await client.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    expect(await textAt(client, "to")).toBe("copied");
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource: `/${Bucket}/absent` })),
    ).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource: `/${Bucket}/to` })),
    ).rejects.toMatchObject({ name: "InvalidRequest" });
  });

  test("is deleted with the folders that held nothing else, also when it is absent", async () => {
    const { client, root } = await serveBucket();
    await client.send(new PutObjectCommand({ Bucket, Key: "a/b/c/d", Body: "x" }));
    await client.send(new PutObjectCommand({ Bucket, Key: "a/e", Body: "x" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "a/b/c/d" }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "a/b/c/d" }));
    expect((await readdir(join(root, Bucket), { recursive: true })).map(posixPath)).toEqual(["a", "a/e"]);
  });

  test("is deleted with others, each with its own outcome", async () => {
    const { client, root } = await serveBucket();
    const keys = ["a/b", "odd <&> \r\n\u0001 ü", "a/c"];
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const Objects = [...keys.slice(0, 2), "absent", "../out"].map((Key) => ({ Key }));
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual([...keys.slice(0, 2), "absent"]);
    expect(Errors).toMatchObject([{ Key: "../out", Code: "InvalidArgument" }]);
    expect((await readdir(join(root, Bucket), { recursive: true })).map(posixPath)).toEqual(["a", "a/c"]);

    const quiet = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a/c" }], Quiet: true } }),
    );
    expect([quiet.Deleted, quiet.Errors]).toEqual([undefined, undefined]);
    expect(await readdir(join(root, Bucket))).toEqual([]);
  });

  test("answers that it has no tags", async () => {
    const { client } = await serveBucket();
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
    const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: "a" }));
    expect(TagSet).toEqual([]);
    const Tagging = { TagSet: [{ Key: "a", Value: "b" }] };
    const put = client.send(new PutObjectTaggingCommand({ Bucket, Key: "a", Tagging }));
    await expect(put).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("?tagging"),
      $metadata: { httpStatusCode: 501 },
    });
  });
});
