import { CreateBucketCommand, CreateMultipartUploadCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { clientConfig } from "../../../../src/local/sdk/client-config.ts";
import { createEmulator } from "../../../../src/index.ts";

test("multipart uploads are counted in the health, until they expire on the emulator's clock", async () => {
  await using emulator = await createEmulator();
  const { control, requestHandler } = emulator;
  const s3 = new S3Client({ ...clientConfig("http://127.0.0.1:4464"), requestHandler });
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await s3.send(new CreateMultipartUploadCommand({ Bucket: "bucket", Key: "key" }));
  const detail = async (): Promise<unknown> => (await control.health()).parts["s3"]?.detail;
  expect(await detail()).toBe("1 buckets, 1 of at most 1000 multipart uploads");
  await control.clock.advance("6d");
  expect(await detail()).toBe("1 buckets, 1 of at most 1000 multipart uploads");
  await control.clock.advance("1d");
  expect(await detail()).toBe("1 buckets, 0 of at most 1000 multipart uploads");
});
