import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HttpRequest, HttpResponse } from "../../../src/api/http.ts";
import { createHttpServer } from "../../../src/app/gateway/express.ts";
import { decodeAwsChunked } from "../../../src/aws/s3/rest/body/aws-chunked.ts";
import { createCrc32, createCrc32c, createCrc64nvme } from "../../../src/aws/s3/rest/body/crc.ts";
import { call, type Front, openFront, outcomeOf, readObject } from "./front.ts";

// The check values of the catalogue of parametrised CRC algorithms, all over "123456789".
test.each([
  ["CRC-32", createCrc32, "cbf43926"],
  ["CRC-32C", createCrc32c, "e3069283"],
  ["CRC-64/NVME", createCrc64nvme, "ae8b14860a799888"],
])(
  "the %s of the check string is the published one, whether computed at once or in parts",
  async (_, create, sum) => {
    const whole = create();
    whole.update(Buffer.from("123456789"));
    expect(Buffer.from(await whole.digest()).toString("hex")).toBe(sum);
    const pieces = create();
    for (const piece of ["12", "", "3456789"]) pieces.update(Buffer.from(piece));
    expect(Buffer.from(await pieces.digest()).toString("hex")).toBe(sum);
  },
);

async function* cut(bytes: Uint8Array, pieceLength: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += pieceLength)
    yield bytes.subarray(start, start + pieceLength);
}

test("an aws-chunked body decodes to the same bytes wherever the network splits it", async () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 60 }), async (data, pieceLength) => {
      const framed = data.flatMap((chunk) => [
        Buffer.from(`${chunk.length.toString(16)};chunk-signature=${"0".repeat(64)}\r\n`),
        chunk,
        Buffer.from("\r\n"),
      ]);
      const wire = Buffer.concat([...framed, Buffer.from("0\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n")]);
      const trailers = new Map<string, string>();
      const decoded: Uint8Array[] = [];
      for await (const piece of decodeAwsChunked(cut(wire, pieceLength), trailers)) decoded.push(piece);
      expect(Buffer.concat(decoded).equals(Buffer.concat(data))).toBe(true);
      expect([...trailers]).toEqual([["x-amz-checksum-crc32", "AAAAAA=="]]);
    }),
    { numRuns: 60 },
  );
});

describe("an aws-chunked body", () => {
  const wireOf = (count: number): Buffer => Buffer.from(`${"1\r\na\r\n".repeat(count)}0\r\n\r\n`);

  test("of too many small chunks is refused at the first excess chunk, and the rest is not read", async () => {
    let pulled = 0;
    const counted = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      for await (const piece of cut(bytes, 600)) {
        pulled++;
        yield piece;
      }
    };
    const read = async (): Promise<void> => {
      for await (const _ of decodeAwsChunked(counted(wireOf(100_000)), new Map()));
    };
    await expect(read()).rejects.toMatchObject({ code: "InvalidChunkSizeError" });
    // A hundred chunks of six bytes in each piece of the wire.
    expect(pulled).toBe(101);
  });

  test("of small chunks is handed on in large pieces", async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of decodeAwsChunked(cut(wireOf(10_000), 1000), new Map())) pieces.push(piece);
    expect(pieces.map(({ byteLength }) => byteLength)).toEqual([10_000]);
  });

  test("may have any number of chunks of 8 KiB", async () => {
    const chunk = `2000\r\n${"x".repeat(8192)}\r\n`;
    const wire = async function* () {
      for (let index = 0; index < 10_500; index++) yield Buffer.from(chunk);
      yield Buffer.from("0\r\n\r\n");
    };
    let byteLength = 0;
    for await (const piece of decodeAwsChunked(wire(), new Map())) byteLength += piece.byteLength;
    expect(byteLength).toBe(10_500 * 8192);
  });
});

async function openBucket(): Promise<Front> {
  const front = await openFront();
  await front.buckets.createBucket("bucket");
  return front;
}

const put = (front: Front, headers: Record<string, string>, body: string | AsyncIterable<Uint8Array>) =>
  outcomeOf(call(front.handle, { method: "PUT", target: "/bucket/key", headers, body }));

const DATA = "123456789";
const CRC32 = "y/Q5Jg==";
const CHUNKED = {
  "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "content-encoding": "aws-chunked",
};
const TRAILED = { ...CHUNKED, "x-amz-trailer": "x-amz-checksum-crc32", "x-amz-decoded-content-length": "9" };
const base64 = (algorithm: string): string => createHash(algorithm).update(DATA).digest("base64");
const sha256 = createHash("sha256").update(DATA).digest("hex");

describe("a body that matches its headers", () => {
  test.each<[string, Record<string, string>, string]>([
    ["MD5", { "content-md5": base64("md5") }, DATA],
    ["SHA-256 of the payload", { "x-amz-content-sha256": sha256 }, DATA],
    ["unsigned payload", { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }, DATA],
    ["CRC-32", { "x-amz-checksum-crc32": CRC32 }, DATA],
    ["SHA-1", { "x-amz-checksum-sha1": base64("sha1") }, DATA],
    ["trailer", TRAILED, `9\r\n${DATA}\r\n0\r\nx-amz-checksum-crc32:${CRC32}\r\n\r\n`],
    ["encoding alone", { "content-encoding": "gzip, aws-chunked" }, `9\r\n${DATA}\r\n0\r\n\r\n`],
    [
      "signed chunks",
      { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "x-amz-decoded-content-length": "9" },
      `4;chunk-signature=aa\r\n1234\r\n5;chunk-signature=bb\r\n56789\r\n0;chunk-signature=cc\r\n\r\n`,
    ],
    [
      "signed trailer",
      { ...TRAILED, "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" },
      `9;chunk-signature=aa\r\n${DATA}\r\n0;chunk-signature=cc\r\nx-amz-checksum-crc32:${CRC32}\r\nx-amz-trailer-signature:dd\r\n\r\n`,
    ],
  ])("is stored after a check by %s", async (_, headers, body) => {
    const front = await openBucket();
    expect(await put(front, { ...headers, "content-length": String(body.length) }, body)).toBe("200");
    expect(await readObject(front.buckets, "key")).toBe(DATA);
  });

  test("has its checksum in the answer", async () => {
    const { handle } = await openBucket();
    const headers = { "x-amz-checksum-crc32": CRC32 };
    const answer = await call(handle, { method: "PUT", target: "/bucket/key", headers, body: DATA });
    expect(answer.headers["x-amz-checksum-crc32"]).toBe(CRC32);
  });
});

async function* breakingOff(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("1234");
  throw new Error("aborted");
}

describe("a body that does not match its headers", () => {
  test.each<[string, Record<string, string>, string | AsyncIterable<Uint8Array>]>([
    ["400 BadDigest", { "content-md5": base64("md5") }, "12345678X"],
    ["400 InvalidDigest", { "content-md5": "AAAA" }, DATA],
    ["400 BadDigest", { "x-amz-checksum-crc32": CRC32 }, "12345678X"],
    ["400 BadDigest", { "x-amz-checksum-crc32c": "AAAAAA==" }, DATA],
    ["400 BadDigest", { "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=" }, DATA],
    ["400 InvalidRequest", { "x-amz-checksum-sha256": CRC32 }, DATA],
    ["400 XAmzContentSHA256Mismatch", { "x-amz-content-sha256": sha256 }, "12345678X"],
    ["400 IncompleteBody", { "content-length": "10" }, DATA],
    ["400 IncompleteBody", {}, breakingOff()],
    ["400 EntityTooLarge", { "content-length": String(6 * 1024 ** 3) }, DATA],
    ["400 BadDigest", TRAILED, `9\r\n12345678X\r\n0\r\nx-amz-checksum-crc32:${CRC32}\r\n\r\n`],
    ["400 MalformedTrailerError", TRAILED, `9\r\n${DATA}\r\n0\r\n\r\n`],
    ["400 MalformedTrailerError", TRAILED, `9\r\n${DATA}\r\n0\r\nno colon\r\n\r\n`],
    [
      "400 IncompleteBody",
      { ...TRAILED, "x-amz-decoded-content-length": "10" },
      `9\r\n${DATA}\r\n0\r\nx-amz-checksum-crc32:${CRC32}\r\n\r\n`,
    ],
    ["400 IncompleteBody", TRAILED, `9\r\n${DATA}\r\n`],
    ["400 IncompleteBody", TRAILED, `9\r\n12345`],
    ["400 IncompleteBody", TRAILED, `5\r\n${DATA}\r\n0\r\n\r\n`],
    ["400 IncompleteBody", CHUNKED, DATA],
    ["400 IncompleteBody", CHUNKED, "x".repeat(20_000)],
  ])(
    "is answered %s and leaves no object, file or folder, with headers %j",
    async (outcome, headers, body) => {
      const front = await openBucket();
      expect(await put(front, headers, body)).toBe(outcome);
      expect(await readdir(join(front.root, "bucket"))).toEqual([]);
      const unfinished = await readdir(join(front.root, ".uploads")).catch(() => []);
      expect(unfinished).toEqual([]);
      expect(front.reported).toEqual([]);
    },
  );

  test("leaves nothing behind where the socket is closed in the middle of it", async () => {
    const front = await openBucket();
    const arrived = Promise.withResolvers<HttpRequest>();
    const outcome = Promise.withResolvers<HttpResponse>();
    const server = createHttpServer((request) => {
      arrived.resolve(request);
      front.handle(request).then(outcome.resolve, outcome.reject);
      return outcome.promise;
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write("PUT /bucket/key HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n0123456789");
    await arrived.promise;
    socket.destroy();
    expect(await outcomeOf(outcome.promise)).toBe("400 IncompleteBody");
    expect(await readdir(join(front.root, "bucket"))).toEqual([]);
    expect(await readdir(join(front.root, ".uploads"))).toEqual([]);
  });

  test("does not replace the object that was there", async () => {
    const front = await openBucket();
    await put(front, {}, "before");
    expect(await put(front, { "x-amz-checksum-crc32": CRC32 }, "after")).toBe("400 BadDigest");
    expect(await readObject(front.buckets, "key")).toBe("before");
  });

  test("is answered with the reason while its client goes on sending", async () => {
    const front = await openBucket();
    let sent = 0;
    async function* long(): AsyncGenerator<Uint8Array> {
      for (; sent < 100; sent++) yield Buffer.alloc(65_536);
    }
    const target = "/absent/key";
    expect(await outcomeOf(call(front.handle, { method: "PUT", target, body: long() }))).toBe(
      "404 NoSuchBucket",
    );
    expect(sent).toBe(100);
  });
});
