import { describe, expect, test } from "vitest";
import { bodyOf, call, type Call, type Front, openFront, outcomeOf } from "./front.ts";

const OURS = "000000000000";
const THEIRS = "111122223333";

async function openBuckets(region?: string): Promise<Front> {
  const front = await openFront(
    { theirs: { account: THEIRS, region: "eu-west-1" } },
    {
      account: OURS,
      region: region ?? "us-east-1",
    },
  );
  for (const bucket of ["ours", "theirs"]) {
    await front.buckets.createBucket(bucket);
    await front.buckets.write(bucket, "key", Buffer.from("text"));
  }
  return front;
}

describe("the region of the bucket", () => {
  test.each([
    ["theirs", "us-east-1", "eu-west-1"],
    ["ours", "us-east-1", "us-east-1"],
    ["ours", "ap-southeast-2", "ap-southeast-2"],
  ])("%s, requested from %s, is %s", async (bucket, from, region) => {
    const { handle } = await openBuckets(from);
    const { headers } = await call(handle, { method: "HEAD", target: `/${bucket}` });
    expect(headers["x-amz-bucket-region"]).toBe(region);
    const location = await bodyOf(await call(handle, { target: `/${bucket}?location` }));
    const wanted = region === "us-east-1" ? /<LocationConstraint[^>]*(\/>|><\/)/ : new RegExp(`>${region}<`);
    expect(location).toMatch(wanted);
    const list = await bodyOf(await call(handle, { target: "/" }));
    expect(list).toMatch(new RegExp(`<Name>${bucket}</Name>.*?<BucketRegion>${region}</BucketRegion>`, "s"));
  });
});

const UPLOAD = "<CompleteMultipartUpload></CompleteMultipartUpload>";
const OPERATIONS: readonly (readonly [name: string, request: Call])[] = [
  ["HeadBucket", { method: "HEAD", target: "/theirs" }],
  ["GetBucketLocation", { target: "/theirs?location" }],
  ["ListObjects", { target: "/theirs" }],
  ["ListObjectsV2", { target: "/theirs?list-type=2" }],
  ["ListMultipartUploads", { target: "/theirs?uploads" }],
  ["DeleteObjects", { method: "POST", target: "/theirs?delete", body: "<Delete></Delete>" }],
  ["DeleteBucket", { method: "DELETE", target: "/theirs" }],
  ["GetObject", { target: "/theirs/key" }],
  ["HeadObject", { method: "HEAD", target: "/theirs/key" }],
  ["PutObject", { method: "PUT", target: "/theirs/new", body: "text" }],
  ["CopyObject", { method: "PUT", target: "/theirs/new", headers: { "x-amz-copy-source": "ours/key" } }],
  ["DeleteObject", { method: "DELETE", target: "/theirs/key" }],
  ["CreateMultipartUpload", { method: "POST", target: "/theirs/new?uploads" }],
  ["UploadPart", { method: "PUT", target: "/theirs/new?uploadId=1&partNumber=1", body: "text" }],
  ["ListParts", { target: "/theirs/new?uploadId=1" }],
  ["CompleteMultipartUpload", { method: "POST", target: "/theirs/new?uploadId=1", body: UPLOAD }],
  ["AbortMultipartUpload", { method: "DELETE", target: "/theirs/new?uploadId=1" }],
];

const expecting = (request: Call, headers: Record<string, string>): Call => ({
  ...request,
  headers: { ...request.headers, ...headers },
});

describe("x-amz-expected-bucket-owner", () => {
  test.each(OPERATIONS)(
    "refuses %s on another account's bucket, and nothing is changed",
    async (_, request) => {
      const { handle, buckets } = await openBuckets();
      const answer = await call(handle, expecting(request, { "x-amz-expected-bucket-owner": OURS }));
      expect(answer.status).toBe(403);
      if (request.method !== "HEAD") expect(await bodyOf(answer)).toContain("<Code>AccessDenied</Code>");
      const keys: string[] = [];
      for await (const { key } of buckets.list("theirs", "")) keys.push(key);
      expect(keys).toEqual(["key"]);
      expect(buckets.uploads.list("theirs")).toEqual([]);
    },
  );

  test.each([
    ["theirs", THEIRS, "200"],
    ["ours", OURS, "200"],
    ["ours", THEIRS, "403 AccessDenied"],
    ["missing", THEIRS, "404 NoSuchBucket"],
    ["ours", "", "400 InvalidBucketOwnerAWSAccountID"],
    ["ours", "0000000000000", "400 InvalidBucketOwnerAWSAccountID"],
  ])("for the bucket %s with the value '%s' gives %s", async (bucket, owner, outcome) => {
    const { handle } = await openBuckets();
    const headers = { "x-amz-expected-bucket-owner": owner };
    expect(await outcomeOf(call(handle, { target: `/${bucket}?list-type=2`, headers }))).toMatch(
      new RegExp(`^${outcome}`),
    );
  });

  test.each([
    ["theirs/key", THEIRS, "200"],
    ["/theirs/key", OURS, "403 AccessDenied"],
    ["ours%2Fkey", THEIRS, "403 AccessDenied"],
    ["ours%2Fkey", OURS, "200"],
  ])("for the source %s with the value '%s' gives %s", async (source, owner, outcome) => {
    const { handle } = await openBuckets();
    const headers = { "x-amz-copy-source": source, "x-amz-source-expected-bucket-owner": owner };
    expect(await outcomeOf(call(handle, { method: "PUT", target: "/ours/copy", headers }))).toMatch(
      new RegExp(`^${outcome}`),
    );
  });

  test("is ignored where a bucket is created", async () => {
    const { handle } = await openBuckets();
    const headers = { "x-amz-expected-bucket-owner": THEIRS };
    expect(await outcomeOf(call(handle, { method: "PUT", target: "/another", headers }))).toMatch(/^200/);
    expect(await outcomeOf(call(handle, { target: "/", headers }))).toMatch(/^200/);
  });
});
