import {
  CreateDatastoreCommand,
  DeleteDatastoreCommand,
  DeleteImageSetCommand,
  SearchImageSetsCommand,
  ServiceQuotaExceededException,
  StartDICOMImportJobCommand,
  ThrottlingException,
  MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, describe, expect } from "vitest";
import { controlled as test } from "../elsewhere.ts";
import type { EmulatorOptions } from "../../src/index.ts";
import { ManualClock } from "../manual-clock.ts";
import { slicesForNewImageSet } from "../setup/sample-series-of.ts";
import { inRelease } from "../setup/served-release.ts";
import { createActiveDatastore, importFiles, openServer, runJob, type ServerSandbox } from "../clients.ts";

let sandbox: ServerSandbox;
const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await sandbox[Symbol.asyncDispose]();
});

/** A client without retries. */
async function open(options: EmulatorOptions = {}, region = "us-east-1"): Promise<MedicalImagingClient> {
  sandbox = await openServer({ quotas: {}, ...options });
  return connect(region);
}

function connect(region: string, accessKeyId = "test"): MedicalImagingClient {
  const client = new MedicalImagingClient({
    endpoint: sandbox.emulator.url,
    region,
    credentials: { accessKeyId, secretAccessKey: "test" },
    disableHostPrefix: true,
    maxAttempts: 1,
  });
  ends.push(() => client.destroy());
  return client;
}

const create = async (client: MedicalImagingClient): Promise<string> =>
  (await client.send(new CreateDatastoreCommand({}))).datastoreId ?? "";

const startJob = (client: MedicalImagingClient, datastoreId: string) =>
  client.send(
    new StartDICOMImportJobCommand({
      datastoreId,
      clientToken: crypto.randomUUID(),
      inputS3Uri: "s3://input/",
      outputS3Uri: "s3://output/",
      dataAccessRoleArn: "arn:aws:iam::123456789012:role/import",
    }),
  );

async function limits(): Promise<{ quotas: Record<string, { value: number; use?: object[] }> }> {
  const response = await fetch(`${sandbox.emulator.url}/_local/limits`);
  return (await response.json()) as Awaited<ReturnType<typeof limits>>;
}

describe("the quota of data stores", () => {
  test("is that of the release per account and region, CREATING and ACTIVE data stores counted", async () => {
    const clock = new ManualClock();
    const client = await open({ clock });
    const ids: string[] = [];
    const most = inRelease("quotas", { "2024-05": 10, "2026-06": 100 });
    for (let store = 0; store < most; store++) {
      ids.push(await create(client));
      if (store === 4) clock.advance(500);
    }
    const refused = await create(client).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceQuotaExceededException);
    expect(refused).toMatchObject({ $metadata: { httpStatusCode: 402 } });
    await create(connect("eu-west-1"));
    await create(connect("us-east-1", "111122223333"));
    expect((await limits()).quotas["Maximum data stores"]?.use).toEqual([
      { account: "000000000000", region: "us-east-1", inUse: most },
      { account: "000000000000", region: "eu-west-1", inUse: 1 },
      { account: "111122223333", region: "us-east-1", inUse: 1 },
    ]);
    clock.advance(500);
    await client.send(new DeleteDatastoreCommand({ datastoreId: ids[0] }));
    await create(client);
    await expect(create(client)).rejects.toThrow(ServiceQuotaExceededException);
  });

  test("does not refuse a repeated clientToken, whose data store is answered again", async () => {
    const client = await open({ quotas: { "Maximum data stores": 1 } });
    const again = new CreateDatastoreCommand({ clientToken: "once" });
    const { datastoreId } = await client.send(again);
    expect((await client.send(new CreateDatastoreCommand({ clientToken: "once" }))).datastoreId).toBe(
      datastoreId,
    );
  });
});

describe("the quota of concurrent import jobs", () => {
  test.each([
    ["us-east-1", 100],
    ["ap-southeast-2", 20],
  ])("in %s is %i per data store", async (region, limit) => {
    const clock = new ManualClock();
    const client = await open({ clock }, region);
    const [datastoreId, other] = [await create(client), await create(client)];
    clock.advance(500);
    for (let job = 0; job < limit; job++) await startJob(client, datastoreId);
    const refused = await startJob(client, datastoreId).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceQuotaExceededException);
    expect(refused).toMatchObject({ $metadata: { httpStatusCode: 402 } });
    await startJob(client, other);
    expect((await limits()).quotas["Maximum concurrent import jobs per data store"]?.use).toEqual([
      { datastoreId, inUse: limit },
      { datastoreId: other, inUse: 1 },
    ]);
  });

  test("does not count jobs that have ended", async () => {
    const client = await open({ quotas: { "Maximum concurrent import jobs per data store": 1 } });
    const datastoreId = await createActiveDatastore(client);
    for (let job = 0; job < 2; job++)
      expect((await runJob(client, datastoreId, "s3://input/", "s3://output/")).job.jobStatus).toBe("FAILED");
  });
});

test("concurrent deletions of image sets are throttled, since DeleteImageSet has no error for quotas", async () => {
  const client = await open({
    durations: { imageSetUpdatingMs: 60_000, imageSetCopyingMs: 60_000, imageSetDeletingMs: 60_000 },
    quotas: { "Maximum concurrent DeleteImageSet requests per data store": 2 },
  });
  const datastoreId = await createActiveDatastore(client);
  for (const bucket of ["quota-1", "quota-2", "quota-3"]) {
    const slices = slicesForNewImageSet(1);
    const files = Object.fromEntries(slices.map(({ name, bytes }) => [name, bytes]));
    await importFiles(sandbox, datastoreId, bucket, files);
  }
  const { imageSetsMetadataSummaries: found = [] } = await client.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  const [first, second, third] = found.map(({ imageSetId }) => imageSetId);
  const remove = (imageSetId: string | undefined) =>
    client.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
  await remove(first);
  await remove(second);
  const refused = await remove(third).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ThrottlingException);
  expect(refused).toMatchObject({ $metadata: { httpStatusCode: 429 } });
});
