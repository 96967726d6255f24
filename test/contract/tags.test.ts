import {
  CreateDatastoreCommand,
  GetDatastoreCommand,
  ListTagsForResourceCommand,
  ResourceNotFoundException,
  SearchImageSetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  ValidationException,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import { createActiveDatastore, importFiles, openSandbox, type Sandbox } from "../clients.ts";

let sandbox: Sandbox;
let datastoreId: string;
let datastoreArn: string;
let imageSetArn: string;
beforeAll(async () => {
  sandbox = await openSandbox();
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  const { datastoreProperties } = await sandbox.medicalImaging.send(new GetDatastoreCommand({ datastoreId }));
  ({ datastoreArn = "" } = datastoreProperties ?? {});
  const [file] = createSampleSeries(1);
  await importFiles(sandbox, datastoreId, "tags", { "slice.dcm": file?.bytes ?? "" });
  const found = await sandbox.medicalImaging.send(new SearchImageSetsCommand({ datastoreId }));
  imageSetArn = `${datastoreArn}/imageset/${found.imageSetsMetadataSummaries?.[0]?.imageSetId}`;
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const list = async (resourceArn: string) =>
  (await sandbox.medicalImaging.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
const tag = (resourceArn: string, tags: Record<string, string>) =>
  sandbox.medicalImaging.send(new TagResourceCommand({ resourceArn, tags }));
const untag = (resourceArn: string, ...tagKeys: string[]) =>
  sandbox.medicalImaging.send(new UntagResourceCommand({ resourceArn, tagKeys }));

describe("tags", () => {
  test.each([
    ["a data store", () => datastoreArn],
    ["an image set", () => imageSetArn],
  ])("of %s are put, replaced, listed and removed", async (_, arnOf) => {
    const arn = arnOf();
    expect(await list(arn)).toEqual({});
    expect((await tag(arn, { Owner: "a", "x:y/z=1": "b c" })).$metadata.httpStatusCode).toBe(204);
    await tag(arn, { Owner: "é" });
    expect(await list(arn)).toEqual({ Owner: "é", "x:y/z=1": "b c" });
    expect((await untag(arn, "Owner", "x:y/z=1", "never")).$metadata.httpStatusCode).toBe(204);
    expect(await list(arn)).toEqual({});
  });

  test("stay as they are when an empty list of keys is removed, which the model allows", async () => {
    await tag(imageSetArn, { Owner: "a" });
    expect((await untag(imageSetArn)).$metadata.httpStatusCode).toBe(204);
    expect(await list(imageSetArn)).toEqual({ Owner: "a" });
    await untag(imageSetArn, "Owner");
  });

  test("are set when a data store is created", async () => {
    const command = new CreateDatastoreCommand({ datastoreName: "tagged", tags: { Team: "CT" } });
    const { datastoreId: id } = await sandbox.medicalImaging.send(command);
    expect(await list(datastoreArn.replace(datastoreId, id ?? ""))).toEqual({ Team: "CT" });
  });

  test("are at most 50 per resource", async () => {
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, ""]));
    await tag(imageSetArn, fifty);
    await tag(imageSetArn, { k0: "again" });
    await expect(tag(imageSetArn, { k50: "" })).rejects.toThrow(ValidationException);
    expect(Object.keys((await list(imageSetArn)) ?? {})).toHaveLength(50);
    const create = new CreateDatastoreCommand({ tags: { ...fifty, k50: "" } });
    await expect(sandbox.medicalImaging.send(create)).rejects.toThrow(ValidationException);
  });

  test.each<Record<string, string>>([
    { "aws:reserved": "x" },
    { "with space": "x" },
    { "": "x" },
    { k: "x".repeat(257) },
    { ["k".repeat(129)]: "x" },
    { "no@sign": "x" },
    { ümlaut: "x" },
  ])("are refused when the model forbids them: %j", async (tags) => {
    await expect(tag(imageSetArn, tags)).rejects.toThrow(ValidationException);
  });

  test("may have 128 characters in a key and 256 in a value, with every character that the model allows", async () => {
    const tags = { ["k".repeat(128)]: "v".repeat(256), "aZ09+,-./:;<=_": "any value: @ü漢 ?&" };
    await tag(datastoreArn, tags);
    expect(await list(datastoreArn)).toEqual(tags);
    await untag(datastoreArn, ...Object.keys(tags));
    expect(await list(datastoreArn)).toEqual({});
  });

  test("follow the same rules when a data store is created", async () => {
    const create = new CreateDatastoreCommand({ tags: { "aws:reserved": "x" } });
    await expect(sandbox.medicalImaging.send(create)).rejects.toThrow(ValidationException);
  });

  test.each(["aws-cn", "aws-us-gov", "aws-iso"])(
    "are not found under an ARN of the partition %s, which the data store is not in",
    async (name) => {
      await expect(list(datastoreArn.replace("arn:aws:", `arn:${name}:`))).rejects.toThrow(
        ResourceNotFoundException,
      );
    },
  );

  test("of an unknown resource, or of an ARN that is not a resource's, are refused", async () => {
    const missing = "0".repeat(32);
    for (const arn of [datastoreArn.replace(datastoreId, missing), `${datastoreArn}/imageset/${missing}`]) {
      await expect(list(arn)).rejects.toThrow(ResourceNotFoundException);
    }
    const elsewhere = datastoreArn.replace(/:[a-z]+-[a-z]+-\d:/, ":xx-west-9:");
    await expect(list(elsewhere)).rejects.toThrow(ResourceNotFoundException);
    await expect(list("arn:aws:s3:::bucket")).rejects.toThrow(ValidationException);
  });
});
