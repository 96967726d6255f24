import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { bucketIn } from "../../../src/app/gateway/endpoints.ts";
import { createEmulator } from "../../../src/index.ts";

test.each([
  ["dicom-input.s3.eu-west-1.amazonaws.com", "dicom-input"],
  ["dicom.input.s3.eu-west-1.amazonaws.com:443", "dicom.input"],
  ["dicom-input.s3.amazonaws.com", "dicom-input"],
  ["dicom-input.s3-us-west-2.amazonaws.com", "dicom-input"],
  ["dicom-input.s3.dualstack.us-east-1.amazonaws.com", "dicom-input"],
  ["dicom-input.s3.cn-north-1.amazonaws.com.cn", "dicom-input"],
  ["s3.s3.us-east-1.amazonaws.com", "s3"],
  ["s3.us-east-1.amazonaws.com", undefined],
  ["s3.amazonaws.com", undefined],
  ["dicom-input.localhost", undefined],
  ["dicom-input.s3.example.com", undefined],
  [undefined, undefined],
])("the host %s names the bucket %s", (host, bucket) => {
  expect(bucketIn(host)).toBe(bucket);
});

test("an S3 client finds buckets and objects by the bucket's host, as on AWS", async () => {
  await using emulator = await createEmulator();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({ region: "us-east-1", credentials, requestHandler: emulator.requestHandler });
  await s3.send(new CreateBucketCommand({ Bucket: "dicom-input" }));
  await s3.send(new PutObjectCommand({ Bucket: "dicom-input", Key: "a/datastore", Body: "text" }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "dicom-input", Key: "a/datastore" }));
  expect(await Body?.transformToString()).toBe("text");
  const unsigned = await emulator.handle({
    method: "GET",
    path: "/datastore",
    query: "",
    headers: { host: "dicom-input.s3.amazonaws.com" },
    body: Readable.from([]),
  });
  expect(unsigned).toMatchObject({ status: 404, body: expect.stringContaining("NoSuchKey") });
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(["dicom-input"]);
});
