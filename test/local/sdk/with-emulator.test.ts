import {
  CreateDatastoreCommand,
  GetDatastoreCommand,
  ListDatastoresCommand,
  MedicalImagingClient,
  paginateListDatastores,
  ResourceNotFoundException,
  SearchImageSetsCommand,
  ThrottlingException,
} from "@aws-sdk/client-medical-imaging";
import { CreateBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, expect, test } from "vitest";
import { withEmulator } from "../../../src/local/sdk/with-emulator.ts";
import { createEmulator } from "../../../src/index.ts";

const restore: (() => void)[] = [];
afterEach(() => {
  for (const undo of restore.splice(0)) undo();
});

test("a mocked class answers as the emulator does, without region and credentials", async () => {
  await using emulator = await createEmulator();
  const mock = withEmulator(mockClient(MedicalImagingClient), emulator);
  restore.push(() => mock.restore());
  const client = new MedicalImagingClient({ region: "eu-west-1" });
  const { datastoreId } = await client.send(new CreateDatastoreCommand({ datastoreName: "mocked" }));
  const { datastoreProperties } = await client.send(new GetDatastoreCommand({ datastoreId }));
  expect(datastoreProperties?.datastoreArn).toContain(":eu-west-1:");
  await expect(
    client.send(new SearchImageSetsCommand({ datastoreId: "a".repeat(32) })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);
  expect(mock.commandCalls(GetDatastoreCommand)).toHaveLength(1);
});

test("a mocked class answers with the members of the emulator's release", async () => {
  await using emulator = await createEmulator({ serviceRelease: "2026-06", quotas: {} });
  const mock = withEmulator(mockClient(MedicalImagingClient), emulator);
  restore.push(() => mock.restore());
  const client = new MedicalImagingClient({});
  const { datastoreId } = await client.send(new CreateDatastoreCommand({}));
  await emulator.control.wait(`datastore/${datastoreId ?? ""}`, { status: "ACTIVE", autoAdvance: true });
  const filters = [{ operator: "EQUAL" as const, values: [{ isPrimary: true }] }];
  const found = await client.send(new SearchImageSetsCommand({ datastoreId, searchCriteria: { filters } }));
  expect(found.imageSetsMetadataSummaries).toEqual([]);
});

test("a command is stubbed on top, and the others still go to the emulator", async () => {
  await using emulator = await createEmulator();
  const mock = withEmulator(mockClient(MedicalImagingClient), emulator);
  restore.push(() => mock.restore());
  const client = new MedicalImagingClient({});
  mock.on(GetDatastoreCommand).rejects(new ThrottlingException({ message: "Rate exceeded", $metadata: {} }));
  const { datastoreId } = await client.send(new CreateDatastoreCommand({ datastoreName: "stubbed" }));
  await expect(client.send(new GetDatastoreCommand({ datastoreId }))).rejects.toThrow("Rate exceeded");
  const pages = await Array.fromAsync(paginateListDatastores({ client }, {}));
  expect(pages.flatMap((page) => page.datastoreSummaries).map((summary) => summary?.datastoreId)).toEqual([
    datastoreId,
  ]);
});

test("one client is mocked and another of its class is not", async () => {
  await using emulator = await createEmulator();
  const mocked = new MedicalImagingClient({ region: "us-east-1" });
  withEmulator(mockClient(mocked), emulator);
  expect((await mocked.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
  expect(Object.hasOwn(MedicalImagingClient.prototype, "send")).toBe(false);
});

test("a mocked S3 client answers as the emulator does", async () => {
  await using emulator = await createEmulator();
  const mock = withEmulator(mockClient(S3Client), emulator);
  restore.push(() => mock.restore());
  const s3 = new S3Client({ region: "us-east-1" });
  await s3.send(new CreateBucketCommand({ Bucket: "mocked-bucket" }));
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(["mocked-bucket"]);
});

test("accounts do not see each other's data stores", async () => {
  await using emulator = await createEmulator();
  const client = new MedicalImagingClient({});
  const mock = withEmulator(mockClient(client), emulator, { accessKeyId: "111122223333" });
  await client.send(new CreateDatastoreCommand({ datastoreName: "mine" }));
  mock.reset();
  withEmulator(mock, emulator, { accessKeyId: "444455556666" });
  expect((await client.send(new ListDatastoresCommand({}))).datastoreSummaries).toEqual([]);
});
