import { describe, expect, test } from "vitest";
import { bodyOf, call, openFront } from "../front.ts";

async function hintOf(method: string, target: string, headers: Record<string, string>, body = "text") {
  const { handle, buckets } = await openFront();
  await buckets.createBucket("bucket");
  await buckets.write("bucket", "source", Buffer.from("text"));
  const answer = await call(handle, { method, target, headers, body });
  return [answer.status, answer.headers["x-local-hint"]];
}

describe("what S3 keeps of an object and the emulator does not", () => {
  test.each([
    ["x-amz-tagging", "a=b"],
    ["x-amz-acl", "public-read"],
    ["x-amz-grant-read", 'id="1"'],
    ["x-amz-storage-class", "GLACIER"],
    ["x-amz-server-side-encryption", "aws:kms"],
    ["x-amz-server-side-encryption-aws-kms-key-id", "key"],
    ["x-amz-server-side-encryption-customer-algorithm", "AES256"],
    ["x-amz-object-lock-mode", "GOVERNANCE"],
    ["x-amz-website-redirect-location", "/other"],
  ])("is named in the answer: %s", async (name, value) => {
    expect(await hintOf("PUT", "/bucket/key", { [name]: value })).toEqual([
      200,
      `${name}: accepted and not kept`,
    ]);
  });

  test("is named together, of a copy, of a multipart upload and of a bucket too", async () => {
    const headers = { "x-amz-tagging": "a=b", "x-amz-acl": "public-read" };
    const hint = "x-amz-acl, x-amz-tagging: accepted and not kept";
    expect(
      await hintOf("PUT", "/bucket/copy", { ...headers, "x-amz-copy-source": "/bucket/source" }),
    ).toEqual([200, hint]);
    expect(await hintOf("POST", "/bucket/key?uploads", headers, "")).toEqual([200, hint]);
    expect(await hintOf("PUT", "/another", { "x-amz-acl": "public-read" }, "")).toEqual([
      200,
      "x-amz-acl: accepted and not kept",
    ]);
  });

  test.each([
    ["x-amz-acl", "private"],
    ["x-amz-storage-class", "STANDARD"],
    ["x-amz-server-side-encryption", "AES256"],
    ["x-amz-tagging", ""],
    ["x-amz-meta-tagging", "a=b"],
    ["content-type", "text/plain"],
  ])("is not named where it says what is so anyway, or is kept: %s '%s'", async (name, value) => {
    expect(await hintOf("PUT", "/bucket/key", { [name]: value })).toEqual([200, undefined]);
  });

  test("is named before `?tagging` answers an empty set", async () => {
    const { handle, buckets } = await openFront();
    await buckets.createBucket("bucket");
    const headers = { "x-amz-tagging": "a=b" };
    const put = await call(handle, { method: "PUT", target: "/bucket/key", headers, body: "text" });
    expect(put.headers["x-local-hint"]).toContain("x-amz-tagging");
    expect(await bodyOf(await call(handle, { target: "/bucket/key?tagging" }))).toContain(
      "<TagSet></TagSet>",
    );
  });
});
