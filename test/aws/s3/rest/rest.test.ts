import { randomBytes } from "node:crypto";
import { chmod, readdir, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { isBucketName } from "../../../../src/aws/s3/bucket-names.ts";
import { FolderBuckets } from "../../../../src/aws/s3/folder-buckets.ts";
import { createS3Front } from "../../../../src/aws/s3/rest/rest.ts";
import { ManualClock } from "../../../manual-clock.ts";
import { asOrdinaryUser } from "../../../setup/ordinary-user.ts";
import { bodyOf, call, type Front, openFront, outcomeOf, readObject } from "../front.ts";

async function openBucket(): Promise<Front> {
  const front = await openFront();
  await front.buckets.createBucket("bucket");
  await front.buckets.write("bucket", "key", Buffer.from("text"));
  return front;
}

test.each([
  ["dicom-input", true],
  ["a1.b", true],
  ["a".repeat(63), true],
  ["ab", false],
  ["a".repeat(64), false],
  ["Dicom", false],
  ["a_b", false],
  ["-ab", false],
  ["ab.", false],
  ["a..b", false],
  ["192.168.0.1", false],
  ["xn--abc", false],
  ["abc-s3alias", false],
  ["..", false],
])("whether '%s' is a valid bucket name is answered %s", async (name, isValid) => {
  expect(isBucketName(name)).toBe(isValid);
  const { handle } = await openFront();
  const answer = call(handle, { method: "PUT", target: `/${name}` });
  expect(await outcomeOf(answer)).toBe(isValid ? "200" : "400 InvalidBucketName");
});

test("an error is XML in the format of S3, with the ids of the headers", async () => {
  const { handle } = await openBucket();
  const answer = await call(handle, { target: "/bucket/absent%20%26%20gone" });
  const { Error: error } = new XMLParser().parse(await bodyOf(answer)) as { Error: object };
  expect(answer.headers["x-amz-id-2"]).toMatch(/./);
  expect(error).toEqual({
    Code: "NoSuchKey",
    Message: "The specified key does not exist.",
    Key: "absent & gone",
    Resource: "/bucket/absent%20%26%20gone",
    RequestId: answer.headers["x-amz-request-id"],
    HostId: answer.headers["x-amz-id-2"],
  });
});

test.each([
  ["/bucket/key", 200, "4"],
  ["/bucket/absent", 404, undefined],
  ["/absent", 404, undefined],
])("the answer to HEAD %s has no body", async (target, status, contentLength) => {
  const { handle } = await openBucket();
  const answer = await call(handle, { method: "HEAD", target });
  expect([answer.status, answer.body, answer.headers["content-length"]]).toEqual([
    status,
    undefined,
    contentLength,
  ]);
});

describe("the S3 front", () => {
  test.each([
    ["PUT", "/bucket/key?tagging"],
    ["DELETE", "/bucket/key?tagging"],
    ["GET", "/bucket/key?legal-hold"],
    ["PUT", "/bucket/key?acl"],
    ["GET", "/bucket/key?attributes"],
    ["GET", "/bucket/key?versionId=3HL4"],
    ["DELETE", "/bucket/key?versionId=3HL4"],
    ["GET", "/bucket/key?partNumber=1"],
    ["PUT", "/bucket/key?partNumber=1"],
    ["POST", "/bucket/key?restore"],
    ["PUT", "/bucket?acl"],
    ["PUT", "/bucket?encryption"],
    ["PUT", "/bucket?publicAccessBlock"],
    ["PUT", "/bucket?versioning"],
    ["GET", "/bucket?versions"],
    ["DELETE", "/bucket?policy"],
    ["PUT", "/bucket?lifecycle"],
  ])("answers %s %s with 501 NotImplemented", async (method, target) => {
    const { handle, buckets } = await openBucket();
    expect(await outcomeOf(call(handle, { method, target, body: "other" }))).toBe("501 NotImplemented");
    expect(await readObject(buckets, "key")).toBe("text");
  });

  test.each([
    ["POST", "/"],
    ["DELETE", "/"],
    ["POST", "/bucket"],
    ["PATCH", "/bucket/key"],
    ["OPTIONS", "/bucket/key"],
    ["POST", "/bucket/key"],
    ["PUT", "/bucket/key?uploads"],
    ["DELETE", "/bucket?delete"],
    ["DELETE", "/bucket?uploadId=x"],
    ["GET", "/bucket/key?delete"],
  ])("answers %s %s with 405 MethodNotAllowed", async (method, target) => {
    const { handle, buckets } = await openBucket();
    expect(await outcomeOf(call(handle, { method, target, body: "other" }))).toBe("405 MethodNotAllowed");
    expect(await readObject(buckets, "key")).toBe("text");
  });

  test("ignores parameters that S3 ignores", async () => {
    const { handle } = await openBucket();
    const target = "/bucket/key?x-id=GetObject&versionId=null&X-Amz-Signature=00";
    expect(await outcomeOf(call(handle, { target }))).toBe("200 text");
  });
});

describe("DeleteObjects", () => {
  const post = async (body: string) => {
    const { handle, buckets } = await openBucket();
    const outcome = await outcomeOf(call(handle, { method: "POST", target: "/bucket?delete", body }));
    return { outcome, left: await buckets.list("bucket", "").next() };
  };
  const many = (count: number) => `<Delete>${"<Object><Key>a</Key></Object>".repeat(count)}</Delete>`;

  test.each([
    "",
    "text",
    "<Delete>",
    "<Delete/>",
    "<Delete><Object/></Delete>",
    "<Delete><Object><Key><Key>key</Key></Key></Object></Delete>",
    "<Other><Object><Key>key</Key></Object></Other>",
    "<Delete><Object><Key>key</Key></Object></Delete><Delete/>",
    "<Delete><Object><Key>&key;</Key></Object></Delete>",
    "<Delete><Object><Key>&#x110000;</Key></Object></Delete>",
    "<Delete><Object><Key>&constructor;</Key></Object></Delete>",
    '<!DOCTYPE d [<!ENTITY k "key">]><Delete><Object><Key>&k;</Key></Object></Delete>',
    "<Delete><Object><Key><![CDATA[key]]></Key></Object></Delete>",
    "<Delete><__proto__><Key>key</Key></__proto__></Delete>",
    `${"<a>".repeat(10_000)}${"</a>".repeat(10_000)}`,
    many(1001),
  ])("refuses the malformed XML '$0' and deletes nothing", async (body) => {
    const { outcome, left } = await post(body);
    expect([outcome, left.value?.key]).toEqual(["400 MalformedXML", "key"]);
  });

  test("refuses XML of more than 2 MB", async () => {
    expect((await post(many(80_000))).outcome).toBe("400 MaxMessageLengthExceeded");
  });

  test("reads character references, spaces and namespaces", async () => {
    const body = `<?xml version="1.0"?>
      <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><!-- one -->
        <Object> <Key>&#107;e&#x79;</Key> </Object>
        <Quiet>true</Quiet>
      </Delete>`;
    const { outcome, left } = await post(body);
    expect(outcome).toMatch(/^200 .*<DeleteResult xmlns="[^"]*"><\/DeleteResult>$/s);
    expect(left.done).toBe(true);
  });

  test.each(["<VersionId>3HL4</VersionId>", '<ETag>"x"</ETag>'])(
    "does not delete an object under the unsupported condition %s",
    async (condition) => {
      const { outcome, left } = await post(`<Delete><Object><Key>key</Key>${condition}</Object></Delete>`);
      expect(outcome).toBe("200 NotImplemented");
      expect(left.value?.key).toBe("key");
    },
  );
});

test("an object is deleted only where its If-Match condition holds", async () => {
  const { handle, buckets } = await openBucket();
  const { etag } = await buckets.head("bucket", "key");
  const remove = (condition: string) =>
    outcomeOf(call(handle, { method: "DELETE", target: "/bucket/key", headers: { "if-match": condition } }));
  expect(await remove('"other"')).toBe("412 PreconditionFailed");
  expect(await remove(etag)).toBe("204");
  expect(await remove(etag)).toBe("404 NoSuchKey");
});

test.each([
  ["bytes=0-0,2-2", "200 text"],
  ["bytes=3-1", "200 text"],
  ["lines=1-2", "200 text"],
  ["bytes=-0", "416 InvalidRange"],
  ["bytes=9-", "416 InvalidRange"],
])("a read with range %s is answered %s", async (range, outcome) => {
  const { handle } = await openBucket();
  expect(await outcomeOf(call(handle, { target: "/bucket/key", headers: { range } }))).toBe(outcome);
});

test("a read of a range returns the whole object where the object has changed", async () => {
  const { handle, buckets } = await openBucket();
  const { etag } = await buckets.head("bucket", "key");
  const read = (condition: string) =>
    outcomeOf(
      call(handle, { target: "/bucket/key", headers: { range: "bytes=0-0", "if-range": condition } }),
    );
  expect(await read(etag)).toBe("206 t");
  expect(await read('"other"')).toBe("200 text");
});

/** Only Linux lists the open files of a process, below /proc. */
const isLinux = process.platform === "linux";

test.skipIf(!isLinux)("an answer without a body leaves no file open", async () => {
  const { handle, buckets, root } = await openBucket();
  const { etag } = await buckets.head("bucket", "key");
  await buckets.write("bucket", "empty", new Uint8Array());
  await call(handle, { target: "/bucket/key", headers: { "if-none-match": etag } });
  await call(handle, { target: "/bucket/key", headers: { "if-match": "other" } });
  await call(handle, { target: "/bucket/key", headers: { range: "bytes=9-" } });
  await call(handle, { target: "/bucket/empty" });
  const descriptors = await readdir("/proc/self/fd");
  const open = await Promise.all(descriptors.map((one) => readlink(`/proc/self/fd/${one}`).catch(() => "")));
  expect(open.filter((path) => path.startsWith(root))).toEqual([]);
});

test("a presigned URL may set headers of the answer", async () => {
  const { handle } = await openBucket();
  const get = (type: string) => call(handle, { target: `/bucket/key?response-content-type=${type}` });
  const answer = await get("application/dicom");
  expect(answer.headers["content-type"]).toBe("application/dicom");
  expect(await bodyOf(answer)).toBe("text");
  expect(await outcomeOf(get("a%0d%0ab"))).toBe("400 InvalidArgument");
});

test("an unforeseen error is reported to the emulator, and its details are hidden from the client", async () => {
  const reported: unknown[] = [];
  const fault = new Error("secret");
  class Broken extends FolderBuckets {
    override async listBuckets(): Promise<never> {
      throw fault;
    }
  }
  const front = createS3Front({
    buckets: new Broken(join("/", randomBytes(8).toString("hex"))),
    bucketOwners: new Map(),
    clock: new ManualClock(),
    report: (error) => reported.push(error),
  });
  const caller = { account: "000000000000", region: "us-east-1" };
  const answer = await call((request) => front(request, caller), { target: "/" });
  const text = await bodyOf(answer);
  expect([answer.status, text.includes("secret"), text.includes("InternalError")]).toEqual([
    500,
    false,
    true,
  ]);
  expect(reported).toEqual([fault]);
});

test.each([
  ["PUT", "/another", 1],
  ["PUT", "/bucket/new", 1],
  ["POST", "/bucket/new?uploads", 1],
  ["PUT", "/missing/new", 0],
  ["GET", "/bucket/key", 0],
  ["GET", "/bucket", 0],
  ["DELETE", "/bucket/key", 0],
])("the number of writes that the front reports for %s %s is %i", async (method, target, expected) => {
  const { buckets } = await openBucket();
  let writes = 0;
  const front = createS3Front({
    buckets,
    bucketOwners: new Map(),
    clock: new ManualClock(),
    onWrite: () => (writes += 1),
  });
  const caller = { account: "000000000000", region: "us-east-1" };
  const answer = await call((request) => front(request, caller), { method, target });
  // Its file is open until then.
  if (answer.body instanceof Readable) answer.body.destroy();
  expect([answer.status < 300, writes]).toEqual([target !== "/missing/new", expected]);
});

// Windows has no users to act as.
test.skipIf(process.seteuid === undefined)("files without permission are denied", async () => {
  const { handle, root } = await openBucket();
  await chmod(dirname(root), 0o755);
  await chmod(join(root, "bucket", "key"), 0);
  const answer = asOrdinaryUser(() => call(handle, { target: "/bucket/key" }));
  expect(await outcomeOf(answer)).toBe("403 AccessDenied");
});
