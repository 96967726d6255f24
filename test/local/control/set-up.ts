import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterEach, expect } from "vitest";
import type { Log } from "../../../src/domain/log.ts";
import { createSampleSeries } from "../../../src/local/sdk/import/sample-series.ts";

/** Call it once in a file. @returns makes a folder, which is deleted after the test */
export function useTemporaryFolders(): () => Promise<string> {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
    folders.push(folder);
    return folder;
  };
}

/**
 * Call it once in a file: a test fails if an emulator with this log has logged an error.
 * @returns the log, and its errors, for a test to take out those that it expects
 */
export function useErrorLog(): { readonly log: Log; readonly errors: unknown[] } {
  const errors: unknown[] = [];
  afterEach(() => expect(errors.splice(0)).toEqual([]));
  return { log: { info: () => {}, warn: () => {}, error: (...error) => void errors.push(error) }, errors };
}

/** Creates a bucket with a series of CT slices below `input/`. */
export async function fillBucket(s3: S3Client, bucket: string, slices: number): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const { name, bytes } of createSampleSeries(slices))
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `input/${name}`, Body: bytes }));
}
