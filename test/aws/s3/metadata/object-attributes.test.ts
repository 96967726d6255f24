import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { FolderBuckets } from "../../../../src/aws/s3/folder-buckets.ts";
import { call, openFront, outcomeOf, type ServedFront, serveFront } from "../front.ts";

const Bucket = "dicom-input";
const md5 = (text: string | Uint8Array): string => createHash("md5").update(text).digest("hex");

interface Served extends ServedFront {
  readonly head: (Key: string) => Promise<{ ETag?: string; ContentType?: string; Metadata?: object }>;
  readonly listedEtag: (key: string) => Promise<string | undefined>;
}

async function serveBucket(): Promise<Served> {
  const front = await serveFront();
  const { client } = front;
  await client.send(new CreateBucketCommand({ Bucket }));
  return {
    ...front,
    head: async (Key) => {
      const { ETag, ContentType, Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key }));
      return { ...(ETag && { ETag }), ...(ContentType && { ContentType }), ...(Metadata && { Metadata }) };
    },
    listedEtag: async (key) => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      return Contents.find(({ Key }) => Key === key)?.ETag;
    },
  };
}

const WRITTEN = {
  Bucket,
  Key: "a/b",
  Body: "text",
  ContentType: "application/dicom",
  Metadata: { mtime: "1700000000.5", note: "x" },
};
const KEPT = {
  ETag: `"${md5("text")}"`,
  ContentType: "application/dicom",
  Metadata: { mtime: "1700000000.5", note: "x" },
};

describe("an object that a client wrote", () => {
  test("keeps content type, headers and metadata, with the MD5 as its ETag, over a restart", async () => {
    const { client, root, handle } = await serveBucket();
    const headers = {
      CacheControl: "no-cache",
      ContentDisposition: "attachment",
      ContentEncoding: "gzip",
      ContentLanguage: "de",
      Expires: new Date("2030-01-01T00:00:00Z"),
    };
    const { ETag } = await client.send(new PutObjectCommand({ ...WRITTEN, ...headers }));
    const get = await client.send(new GetObjectCommand({ Bucket, Key: "a/b" }));
    await get.Body?.transformToString();
    const { Expires: _, ...texts } = headers;
    expect({ ...get, ETag }).toMatchObject({
      ...KEPT,
      ...texts,
      ExpiresString: "Tue, 01 Jan 2030 00:00:00 GMT",
    });
    const answer = await call(handle, { method: "HEAD", target: `/${Bucket}/a/b` });
    expect(answer.headers).toMatchObject({ "x-amz-meta-note": "x", "content-encoding": "gzip" });
    const { attributes, etag } = await new FolderBuckets(root).head(Bucket, "a/b");
    expect([etag, attributes?.headers["content-language"]]).toEqual([KEPT.ETag, "de"]);
  });

  test.each(["text that is longer", "next"])(
    "loses them when somebody writes '%s' into its file",
    async (text) => {
      const { client, root, head, listedEtag } = await serveBucket();
      await client.send(new PutObjectCommand(WRITTEN));
      await writeFile(join(root, Bucket, "a/b"), text);
      await utimes(join(root, Bucket, "a/b"), 5, 5);
      expect(await listedEtag("a/b")).toMatch(/-1"$/);
      expect(await head("a/b")).toEqual({
        ETag: `"${md5(text)}"`,
        ContentType: "binary/octet-stream",
        Metadata: {},
      });
    },
  );

  test("has no more than 2 KB of metadata", async () => {
    const { client } = await serveBucket();
    const put = (length: number) =>
      client.send(new PutObjectCommand({ ...WRITTEN, Metadata: { m: "x".repeat(length) } }));
    await put(2047);
    await expect(put(2048)).rejects.toMatchObject({ name: "MetadataTooLarge" });
  });

  test("leaves nothing when it is deleted, nor its bucket", async () => {
    const { client, root, buckets, head } = await serveBucket();
    await client.send(new PutObjectCommand(WRITTEN));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "a/b" }));
    expect(await filesIn(buckets.metadata.folderOf(Bucket))).toEqual([]);
    await client.send(new PutObjectCommand(WRITTEN));
    const { mtimeMs } = await stat(join(root, Bucket, "a/b"));
    await client.send(new DeleteObjectCommand({ Bucket, Key: "a/b" }));
    await client.send(new DeleteBucketCommand({ Bucket }));
    await client.send(new CreateBucketCommand({ Bucket }));
    await mkdir(join(root, Bucket, "a"));
    await writeFile(join(root, Bucket, "a/b"), "text");
    await utimes(join(root, Bucket, "a/b"), mtimeMs / 1000, mtimeMs / 1000);
    expect((await head("a/b")).Metadata).toEqual({});
  });

  test("is copied with them, or with what the copy says", async () => {
    const { client, head } = await serveBucket();
    await client.send(new PutObjectCommand(WRITTEN));
    const copy = { Bucket, CopySource: `${Bucket}/a/b` };
    await client.send(new CopyObjectCommand({ ...copy, Key: "copy" }));
    expect(await head("copy")).toEqual(KEPT);
    const replaced = { MetadataDirective: "REPLACE" as const, Metadata: { mtime: "2" }, ContentType: "a/b" };
    for (const Key of ["other", "a/b"]) {
      await client.send(new CopyObjectCommand({ ...copy, ...replaced, Key }));
      expect(await head(Key)).toEqual({ ...KEPT, ContentType: "a/b", Metadata: { mtime: "2" } });
    }
    const unknown = { ...copy, Key: "x", MetadataDirective: "MOVE" as never };
    await expect(client.send(new CopyObjectCommand(unknown))).rejects.toThrow("Unknown metadata directive");
  });

  test("in parts has what its upload began with, and the MD5 of the parts' MD5s", async () => {
    const { client, head, listedEtag } = await serveBucket();
    const { Body: _, ...begun } = WRITTEN;
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(begun));
    const Parts = [];
    for (const [index, Body] of ["one", "two"].entries()) {
      const part = { Bucket, Key: "a/b", UploadId, PartNumber: index + 1, Body };
      const { ETag } = await client.send(new UploadPartCommand(part));
      expect(ETag).toBe(`"${md5(Body)}"`);
      Parts.push({ ETag, PartNumber: index + 1 });
    }
    const MultipartUpload = { Parts };
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key: "a/b", UploadId, MultipartUpload }));
    const ETag = `"${md5(Buffer.from(md5("one") + md5("two"), "hex"))}-2"`;
    expect(await head("a/b")).toEqual({ ...KEPT, ETag });
    expect(await listedEtag("a/b")).toBe(ETag);
  });
});

describe("a file that somebody copied in", () => {
  const KEY = "by hand.dcm";
  async function serveCopy(): Promise<Served & { readonly path: string }> {
    const served = await serveBucket();
    const path = join(served.root, Bucket, KEY);
    await writeFile(path, "by hand");
    return { ...served, path };
  }

  test("has its MD5 once it is read, also in lists and after a restart; a list does not read it", async () => {
    const { head, listedEtag, root } = await serveCopy();
    const before = await listedEtag(KEY);
    expect(before).toMatch(/^"[0-9a-f]{32}-1"$/);
    expect(await listedEtag(KEY)).toBe(before);
    expect((await head(KEY)).ETag).toBe(`"${md5("by hand")}"`);
    expect(await listedEtag(KEY)).toBe(`"${md5("by hand")}"`);
    const page = await new FolderBuckets(root).page(Bucket, {
      prefix: "",
      delimiter: "",
      after: "",
      maxKeys: 9,
    });
    expect(page.objects[0]?.etag).toBe(`"${md5("by hand")}"`);
  });

  test("is the same under the ETag that a list had before", async () => {
    const { client, head, listedEtag } = await serveCopy();
    const before = await listedEtag(KEY);
    const { ETag } = await head(KEY);
    for (const IfMatch of [before, ETag]) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: KEY, IfMatch }));
      expect(await Body?.transformToString()).toBe("by hand");
    }
    const get = client.send(new GetObjectCommand({ Bucket, Key: KEY, IfNoneMatch: ETag }));
    await expect(get).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });

  test("is replaced or deleted by its MD5 though nobody has read it", async () => {
    const { client, path } = await serveCopy();
    const IfMatch = `"${md5("by hand")}"`;
    const put = (Body: string) => client.send(new PutObjectCommand({ Bucket, Key: KEY, Body, IfMatch }));
    await put("next");
    await expect(put("again")).rejects.toMatchObject({ name: "PreconditionFailed" });
    await writeFile(path, "by hand");
    await utimes(path, 7, 7);
    await client.send(new DeleteObjectCommand({ Bucket, Key: KEY, IfMatch }));
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  test("is read once for many who ask for it at the same time", async () => {
    const { buckets, handle } = await openFront();
    await buckets.createBucket(Bucket);
    await buckets.write(Bucket, "big", Buffer.alloc(3 * 2 ** 20, "x"));
    const heads = Array.from({ length: 8 }, () => call(handle, { method: "HEAD", target: `/${Bucket}/big` }));
    const etags = (await Promise.all(heads)).map(({ headers }) => headers["etag"]);
    expect(new Set(etags)).toEqual(new Set([`"${md5(Buffer.alloc(3 * 2 ** 20, "x"))}"`]));
    const [file = ""] = await filesIn(buckets.metadata.folderOf(Bucket));
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(new Set(lines.slice(1)).size).toBe(1);
  });
});

test("an object without bytes has the MD5 of none, though nobody has read it", async () => {
  const { root, listedEtag } = await serveBucket();
  await writeFile(join(root, Bucket, "empty"), "");
  expect(await listedEtag("empty")).toBe(`"${md5("")}"`);
});

test("a file that an import job writes has no attributes, and no MD5 is computed of it", async () => {
  const { buckets } = await openFront();
  await buckets.createBucket(Bucket);
  await buckets.write(Bucket, "out/manifest.json", Buffer.from("{}"));
  for await (const _ of buckets.list(Bucket, ""));
  await buckets.locate(Bucket, "out/manifest.json");
  expect(await filesIn(buckets.metadata.folderOf(Bucket))).toEqual([]);
});

test("metadata that somebody planted in the data folder is not sent as a header", async () => {
  const { handle, buckets, root } = await openFront();
  await buckets.createBucket(Bucket);
  await outcomeOf(call(handle, { method: "PUT", target: `/${Bucket}/key`, body: "text" }));
  const [file = ""] = await filesIn(buckets.metadata.folderOf(Bucket));
  const planted = (await readFile(file, "utf8")).replace(
    '"headers":{',
    '"headers":{"set-cookie":"a","x-amz-meta-a":"\\r\\nb: c",',
  );
  await writeFile(file, planted);
  const front = new FolderBuckets(root);
  expect((await front.head(Bucket, "key")).attributes?.headers).toEqual({});
});

test("buckets that are moved with their times and metadata keep what was said of their objects", async () => {
  const { client, root } = await serveBucket();
  await client.send(new PutObjectCommand(WRITTEN));
  const { mtimeNs } = await stat(join(root, Bucket, "a/b"), { bigint: true });
  await copyFile(join(root, Bucket, "a/b"), join(root, "moved"));
  await client.send(new DeleteObjectCommand({ Bucket, Key: "x" }));
  await copyFile(join(root, "moved"), join(root, Bucket, "a/b"));
  const seconds = Number(mtimeNs) / 1e9;
  await utimes(join(root, Bucket, "a/b"), seconds, seconds);
  expect((await new FolderBuckets(root).head(Bucket, "a/b")).attributes?.headers).toMatchObject({
    "content-type": "application/dicom",
  });
});

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}
