import {
  CreateDatastoreCommand,
  ListDatastoresCommand,
  MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createEmulator, type ComposeOptions } from "../../../src/index.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

async function listIn(region: string, options: ComposeOptions): Promise<unknown> {
  await using emulator = await createEmulator(options);
  const client = new MedicalImagingClient({ region, credentials, requestHandler: emulator.requestHandler });
  return await client.send(new ListDatastoresCommand({})).catch((error: unknown) => error);
}

test("every region is served by default", async () => {
  expect(await listIn("eu-central-1", {})).toMatchObject({ datastoreSummaries: [] });
});

test.each(["us-east-1", "us-west-2", "ap-southeast-2", "eu-west-1"])(
  "%s is one of the four regions of the guide",
  async (region) => {
    expect(await listIn(region, { regions: "guide" })).toMatchObject({ datastoreSummaries: [] });
  },
);

test("a region other than the four is refused, and takes nothing from the throttling burst", async () => {
  await using emulator = await createEmulator({ regions: "guide", throttling: "aws" });
  const { requestHandler, control } = emulator;
  const client = new MedicalImagingClient({ region: "eu-central-1", credentials, requestHandler });
  await expect(client.send(new CreateDatastoreCommand({}))).rejects.toMatchObject({
    name: "InvalidSignatureException",
    message: "Credential should be scoped to a valid region.",
    $metadata: { httpStatusCode: 403 },
    $response: { headers: { "x-local-hint": expect.stringContaining("--regions any") } },
  });
  expect((await control.limits.get()).throttles["CreateDatastore"]?.tokens).toEqual([]);
});

test("buckets are served in every region", async () => {
  await using emulator = await createEmulator({ regions: "guide" });
  const { requestHandler } = emulator;
  const s3 = new S3Client({ region: "eu-central-1", credentials, requestHandler, forcePathStyle: true });
  expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
});
