import {
  ConflictException,
  CreateDatastoreCommand,
  DeleteDatastoreCommand,
  GetDatastoreCommand,
  GetDICOMImportJobCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  ListDatastoresCommand,
  ListDICOMImportJobsCommand,
  paginateListDatastores,
  ResourceNotFoundException,
  SearchImageSetsCommand,
  StartDICOMImportJobCommand,
  ValidationException,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createActiveDatastore, openSandbox, waitForDatastore, type Sandbox } from "../clients.ts";

const NOWHERE = "0".repeat(32);
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe("a data store through the JavaScript SDK", () => {
  test("goes from CREATING through ACTIVE to DELETED", async () => {
    const { medicalImaging: client } = sandbox;
    const created = await client.send(new CreateDatastoreCommand({ datastoreName: "life" }));
    expect(created).toMatchObject({
      datastoreStatus: "CREATING",
      datastoreId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const { datastoreId = "" } = created;
    await waitForDatastore(client, datastoreId, "ACTIVE");
    const { datastoreProperties } = await client.send(new GetDatastoreCommand({ datastoreId }));
    expect(datastoreProperties).toMatchObject({
      datastoreId,
      datastoreName: "life",
      datastoreArn: expect.stringMatching(
        new RegExp(`^arn:aws:medical-imaging:[a-z0-9-]+:\\d{12}:datastore/${datastoreId}$`),
      ),
    });
    expect(datastoreProperties?.createdAt?.getTime()).toBe(datastoreProperties?.updatedAt?.getTime());
    expect(Math.abs(Date.now() - (datastoreProperties?.createdAt?.getTime() ?? 0))).toBeLessThan(60_000);
    const deleted = await client.send(new DeleteDatastoreCommand({ datastoreId }));
    expect(deleted).toMatchObject({ datastoreId, datastoreStatus: "DELETING" });
    await waitForDatastore(client, datastoreId, "DELETED");
  });

  test("keeps the name and the KMS key that it is created with, or has none", async () => {
    const { medicalImaging: client } = sandbox;
    const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const { datastoreId: full } = await client.send(
      new CreateDatastoreCommand({ datastoreName: "a/b#1", kmsKeyArn }),
    );
    const { datastoreId: bare } = await client.send(new CreateDatastoreCommand({}));
    const read = async (datastoreId = "") =>
      (await client.send(new GetDatastoreCommand({ datastoreId }))).datastoreProperties;
    expect(await read(full)).toMatchObject({ datastoreName: "a/b#1", kmsKeyArn });
    expect(await read(bare)).toMatchObject({ datastoreId: bare });
    expect((await read(bare))?.datastoreName ?? null).toBeNull();
    expect((await read(bare))?.kmsKeyArn ?? null).toBeNull();
  });

  test("is created once when a retry sends the same client token", async () => {
    const { medicalImaging: client } = sandbox;
    const clientToken = crypto.randomUUID();
    const create = (datastoreName: string) =>
      client.send(new CreateDatastoreCommand({ datastoreName, clientToken }));
    const { datastoreId } = await create("once");
    expect(await create("once")).toMatchObject({ datastoreId, datastoreStatus: "CREATING" });
    await expect(create("twice")).rejects.toThrow(ConflictException);
  });

  test("is listed exactly once over all pages", async () => {
    const { medicalImaging: client } = sandbox;
    const made = new Set<string>();
    for (let index = 0; index < 5; index++) {
      const { datastoreId = "" } = await client.send(
        new CreateDatastoreCommand({ datastoreName: `page-${index}` }),
      );
      made.add(datastoreId);
    }
    const listed: string[] = [];
    for await (const { datastoreSummaries } of paginateListDatastores({ client, pageSize: 2 }, {})) {
      expect(datastoreSummaries?.length).toBeLessThanOrEqual(2);
      listed.push(...(datastoreSummaries ?? []).map(({ datastoreId = "" }) => datastoreId));
    }
    expect(new Set(listed).size).toBe(listed.length);
    expect(new Set(listed).isSupersetOf(made)).toBe(true);
  });

  test("cannot be deleted while CREATING", async () => {
    await using slow = await openSandbox({ durations: { datastoreCreatingMs: 60_000 } });
    const { medicalImaging: client } = slow;
    const { datastoreId } = await client.send(new CreateDatastoreCommand({ datastoreName: "early" }));
    await expect(client.send(new DeleteDatastoreCommand({ datastoreId }))).rejects.toThrow(ConflictException);
  });
});

const at = { datastoreId: NOWHERE, imageSetId: NOWHERE };
const START = {
  dataAccessRoleArn: "arn:aws:iam::123456789012:role/r",
  inputS3Uri: "s3://bucket/i",
  outputS3Uri: "s3://bucket/o",
  clientToken: "t",
};

describe("ResourceNotFoundException", () => {
  let there: string;
  beforeAll(async () => {
    there = await createActiveDatastore(sandbox.medicalImaging);
  });

  test.each([
    ["GetDatastore", new GetDatastoreCommand(at)],
    ["DeleteDatastore", new DeleteDatastoreCommand(at)],
    ["StartDICOMImportJob", new StartDICOMImportJobCommand({ ...START, datastoreId: NOWHERE })],
    ["GetDICOMImportJob", new GetDICOMImportJobCommand({ datastoreId: NOWHERE, jobId: NOWHERE })],
    ["ListDICOMImportJobs", new ListDICOMImportJobsCommand(at)],
    ["SearchImageSets", new SearchImageSetsCommand(at)],
    ["GetImageSet", new GetImageSetCommand(at)],
    ["GetImageSetMetadata", new GetImageSetMetadataCommand(at)],
    ["GetImageFrame", new GetImageFrameCommand({ ...at, imageFrameInformation: { imageFrameId: NOWHERE } })],
  ])("is the answer of %s in an unknown data store", async (_, command) => {
    const error = await sandbox.medicalImaging
      .send(command as GetDatastoreCommand)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({
      $metadata: { httpStatusCode: 404 },
      message: expect.stringContaining(NOWHERE),
    });
  });

  test.each([
    [
      "GetDICOMImportJob",
      (datastoreId: string) => new GetDICOMImportJobCommand({ datastoreId, jobId: NOWHERE }),
    ],
    ["GetImageSet", (datastoreId: string) => new GetImageSetCommand({ datastoreId, imageSetId: NOWHERE })],
    [
      "GetImageSetMetadata",
      (datastoreId: string) => new GetImageSetMetadataCommand({ datastoreId, imageSetId: NOWHERE }),
    ],
    [
      "GetImageFrame",
      (datastoreId: string) =>
        new GetImageFrameCommand({
          datastoreId,
          imageSetId: NOWHERE,
          imageFrameInformation: { imageFrameId: NOWHERE },
        }),
    ],
  ])("is the answer of %s for an unknown resource in a known data store", async (_, build) => {
    const command = build(there) as GetImageSetCommand;
    await expect(sandbox.medicalImaging.send(command)).rejects.toThrow(ResourceNotFoundException);
  });
});

describe("input that the model forbids", () => {
  test.each([
    [
      "a malformed id",
      new GetDatastoreCommand({ datastoreId: "DATASTORE_ID" }),
      "1 validation error detected: Value 'DATASTORE_ID' at 'datastoreId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-z]{32}",
    ],
    [
      "a malformed name",
      new CreateDatastoreCommand({ datastoreName: "no spaces" }),
      "Value 'no spaces' at 'datastoreName'",
    ],
    [
      "too many results",
      new ListDatastoresCommand({ maxResults: 51 }),
      "Member must have value less than or equal to 50",
    ],
    [
      "an unknown status",
      new ListDatastoresCommand({ datastoreStatus: "NEW" as "ACTIVE" }),
      "Member must satisfy enum value set",
    ],
    ["a token of another list", new ListDatastoresCommand({ nextToken: "abc" }), "nextToken"],
    ["a malformed version", new GetImageSetCommand({ ...at, versionId: "x" }), "Value 'x' at 'versionId'"],
  ])("is answered with a ValidationException: %s", async (_, command, message) => {
    const error = await sandbox.medicalImaging
      .send(command as GetDatastoreCommand)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationException);
    expect(error).toMatchObject({
      $metadata: { httpStatusCode: 400 },
      message: expect.stringContaining(message),
    });
  });
});
