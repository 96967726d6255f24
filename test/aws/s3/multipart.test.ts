import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { FolderBuckets } from "../../../src/aws/s3/folder-buckets.ts";
import { joinParts } from "../../../src/aws/s3/multipart-uploads.ts";
import { call, outcomeOf, type ServedFront, serveFront } from "./front.ts";

const Bucket = "bucket";

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

interface Uploading extends ServedFront {
  readonly UploadId: string;
  readonly send: (PartNumber: number, Body: string) => Promise<SentPart>;
  readonly complete: (Parts: SentPart[]) => Promise<{ ETag?: string }>;
  readonly read: () => Promise<string | undefined>;
}

async function startUpload(Key = "study/a"): Promise<Uploading> {
  const front = await serveFront();
  const { client } = front;
  await client.send(new CreateBucketCommand({ Bucket }));
  const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const at = { Bucket, Key, UploadId };
  return {
    ...front,
    UploadId,
    send: async (PartNumber, Body) => {
      const { ETag } = await client.send(new UploadPartCommand({ ...at, PartNumber, Body }));
      return { PartNumber, ETag };
    },
    complete: (Parts) =>
      client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } })),
    read: async () => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
  };
}

const at = { Bucket, Key: "study/a" };
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

describe("a multipart upload", () => {
  test("becomes one object of the chosen parts, in their order, with one ETag", async () => {
    const { client, root, send, complete, read } = await startUpload();
    const third = await send(3, "third");
    await send(1, "replaced");
    const first = await send(1, "first");
    await send(2, "left out");
    await expect(client.send(new HeadObjectCommand(at))).rejects.toMatchObject({ name: "NotFound" });
    const { ETag } = await complete([first, third]);
    expect(await read()).toBe("firstthird");
    expect((await client.send(new HeadObjectCommand(at))).ETag).toBe(ETag);
    expect(await readdir(join(root, ".uploads"))).toEqual([]);
  });

  test("lists its parts, page by page", async () => {
    const { client, UploadId, send } = await startUpload();
    for (const partNumber of [5, 1, 3]) await send(partNumber, "x".repeat(partNumber));
    const list = (marker?: string) =>
      client.send(new ListPartsCommand({ ...at, UploadId, MaxParts: 2, PartNumberMarker: marker }));
    const page = await list();
    expect(page).toMatchObject({ IsTruncated: true, Parts: [{ PartNumber: 1 }, { PartNumber: 3, Size: 3 }] });
    expect(await list(page.NextPartNumberMarker)).toMatchObject({
      IsTruncated: false,
      Parts: [{ PartNumber: 5 }],
    });
  });

  test("is listed, with the time of the emulator's clock, until it is aborted", async () => {
    const { client, root, UploadId, send } = await startUpload();
    await send(1, "x");
    const list = () => client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "study/" }));
    expect((await list()).Uploads).toMatchObject([
      { Key: "study/a", UploadId, Initiated: new Date("2024-05-01T12:00:00Z") },
    ]);
    await client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    expect((await list()).Uploads).toBeUndefined();
    expect(await readdir(join(root, ".uploads"))).toEqual([]);
    await expect(send(2, "x")).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  test("is listed after the upload that ended the page before", async () => {
    const { client } = await startUpload("b");
    for (const Key of ["a", "b", "c"]) await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const seen: (string | undefined)[] = [];
    for (let [KeyMarker, UploadIdMarker] = ["", ""]; ;) {
      const page = await client.send(
        new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1, KeyMarker, UploadIdMarker }),
      );
      seen.push(...(page.Uploads ?? []).map(({ Key }) => Key));
      if (page.IsTruncated !== true) break;
      [KeyMarker, UploadIdMarker] = [page.NextKeyMarker ?? "", page.NextUploadIdMarker ?? ""];
    }
    expect(seen).toEqual(["a", "b", "b", "c"]);
  });

  test("accepts parts copied from objects", async () => {
    const { client, UploadId, complete, read } = await startUpload();
    await client.send(new PutObjectCommand({ Bucket, Key: "source", Body: "0123456789" }));
    const copy = (PartNumber: number, CopySourceRange?: string) =>
      client.send(
        new UploadPartCopyCommand({
          ...at,
          UploadId,
          PartNumber,
          CopySource: `${Bucket}/source`,
          CopySourceRange,
        }),
      );
    const parts = [await copy(1, "bytes=2-4"), await copy(2)];
    await complete(
      parts.map(({ CopyPartResult }, index) => ({ PartNumber: index + 1, ETag: CopyPartResult?.ETag })),
    );
    expect(await read()).toBe("2340123456789");
  });

  test("is completed only once, with parts that it has, in ascending order", async () => {
    const { send, complete } = await startUpload();
    const first = await send(1, "first");
    const second = await send(2, "second");
    await expect(complete([second, first])).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete([{ ...first, ETag: '"other"' }])).rejects.toMatchObject({ name: "InvalidPart" });
    await expect(complete([first, { ...second, PartNumber: 3 }])).rejects.toMatchObject({
      name: "InvalidPart",
    });
    await expect(complete([])).rejects.toMatchObject({ name: "MalformedXML" });
    const outcomes = await Promise.allSettled([complete([first, second]), complete([first, second])]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(complete([first, second])).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  test("is completed only if the checksum of the whole object matches", async () => {
    const { client, UploadId, send, read } = await startUpload();
    const Parts = [await send(1, "1234"), await send(2, "56789")];
    const complete = (ChecksumCRC32: string) =>
      client.send(
        new CompleteMultipartUploadCommand({
          ...at,
          UploadId,
          MultipartUpload: { Parts },
          ChecksumType: "FULL_OBJECT",
          ChecksumCRC32,
        }),
      );
    await expect(complete("AAAAAA==")).rejects.toMatchObject({ name: "BadDigest" });
    await complete("y/Q5Jg==");
    expect(await read()).toBe("123456789");
  });

  test("is not completed with a part of another checksum", async () => {
    const { client, UploadId, send } = await startUpload();
    const part = await send(1, "1234"); // The SDK sends its CRC-32 along.
    const Parts = [{ ...part, ChecksumCRC32: "AAAAAA==" }];
    await expect(
      client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } })),
    ).rejects.toMatchObject({ name: "InvalidPart" });
  });

  test("is not found by another key", async () => {
    const { handle, UploadId } = await startUpload();
    const put = (query: string) =>
      outcomeOf(call(handle, { method: "PUT", target: `/bucket/other?${query}`, body: "x" }));
    expect(await put(`partNumber=1&uploadId=${UploadId}`)).toBe("404 NoSuchUpload");
    expect(await put("partNumber=1&uploadId=absent")).toBe("404 NoSuchUpload");
  });

  test.each(["0", "10001", "x", ""])("refuses the part number %j", async (partNumber) => {
    const { handle, UploadId } = await startUpload();
    const target = `/bucket/study/a?partNumber=${partNumber}&uploadId=${UploadId}`;
    expect(await outcomeOf(call(handle, { method: "PUT", target, body: "x" }))).toBe("400 InvalidArgument");
  });

  test("expires a week after its beginning, and its parts go with it", async () => {
    const { root, clock, client, buckets, UploadId, send } = await startUpload();
    await send(1, "never completed");
    clock.advance(WEEK_MS / 2);
    const { UploadId: younger = "" } = await client.send(new CreateMultipartUploadCommand(at));
    clock.advance(WEEK_MS / 2 - 1);
    await send(2, "in time");
    clock.advance(1);
    await expect(send(3, "too late")).rejects.toMatchObject({ name: "NoSuchUpload" });
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads.map((upload) => upload.UploadId)).toEqual([younger]);
    expect([buckets.uploads.size, younger === UploadId]).toEqual([1, false]);
    await buckets.uploads.abort(buckets.uploads.find(Bucket, at.Key, younger));
    await expect.poll(() => readdir(join(root, ".uploads"))).toEqual([]);
  });

  test("that is being completed does not expire, and has the rest of its week where that fails", async () => {
    const { clock, buckets, UploadId, send } = await startUpload();
    await send(1, "whole");
    const upload = buckets.uploads.find(Bucket, at.Key, UploadId);
    const failing = buckets.uploads.complete(upload, async () => {
      clock.advance(WEEK_MS - 1);
      throw new Error("not now");
    });
    await expect(failing).rejects.toThrow("not now");
    const completing = buckets.uploads.complete(upload, async () => {
      clock.advance(WEEK_MS);
      return (await Array.fromAsync(joinParts([...upload.parts.values()]))).join("");
    });
    expect(await completing).toBe("whole");
    expect(buckets.uploads.size).toBe(0);
  });

  test("is refused where a thousand others are open", async () => {
    const { client, buckets, UploadId } = await startUpload();
    for (let index = 1; index < 1000; index++) buckets.uploads.create(Bucket, `key-${index}`);
    const begin = () => client.send(new CreateMultipartUploadCommand(at));
    await expect(begin()).rejects.toThrow(/1000 multipart uploads are open/);
    await client.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    expect((await begin()).UploadId).toBeDefined();
  });

  test("leaves nothing behind for the next process", async () => {
    const { root, send } = await startUpload();
    await send(1, "never completed");
    expect(await readdir(join(root, ".uploads"))).toHaveLength(1);
    await new FolderBuckets(root).write(Bucket, "key", Buffer.from("x"));
    expect(await readdir(join(root, ".uploads"))).toEqual([]);
  });
});
