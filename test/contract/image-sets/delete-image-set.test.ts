import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ConflictException,
  DeleteDatastoreCommand,
  DeleteImageSetCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  ListImageSetVersionsCommand,
  ListTagsForResourceCommand,
  ResourceNotFoundException,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createActiveDatastore,
  importFiles,
  openSandbox,
  waitForDatastore,
  type Sandbox,
} from "../../clients.ts";
import { controlled } from "../../elsewhere.ts";
import { slicesForNewImageSet } from "../../setup/sample-series-of.ts";

let data: string;
let sandbox: Sandbox;
let datastoreId: string;
let imageSetId: string;

const find = async ({ medicalImaging }: Sandbox): Promise<string[]> => {
  const { imageSetsMetadataSummaries: found = [] } = await medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  return found.map(({ imageSetId: id = "" }) => id);
};
const readSet = (from: Sandbox) =>
  from.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
const deleteSet = (from: Sandbox) =>
  from.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
const framesOnDisk = () => readdir(join(data, "datastores", datastoreId, "frames"));

async function importTwo(bucket: string): Promise<void> {
  const slices = slicesForNewImageSet(2);
  const files = Object.fromEntries(slices.map(({ name, bytes }) => [name, bytes]));
  await importFiles(sandbox, datastoreId, bucket, files);
}

async function open(imageSetDeletingMs: number): Promise<void> {
  sandbox = await openSandbox({ data, durations: { imageSetDeletingMs } });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  await importTwo("delete");
  [imageSetId = ""] = await find(sandbox);
}

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

describe("DeleteImageSet", () => {
  controlled(
    "takes an image set to DELETED, deletes its files, and its data store can then be deleted",
    async () => {
      await open(0);
      await importTwo("keep");
      const other = (await find(sandbox)).find((id) => id !== imageSetId) ?? "";
      expect(await framesOnDisk()).toHaveLength(4);

      expect(await deleteSet(sandbox)).toMatchObject({
        datastoreId,
        imageSetId,
        imageSetState: "LOCKED",
        imageSetWorkflowStatus: "DELETING",
      });
      await expect.poll(async () => (await readSet(sandbox)).imageSetState).toBe("DELETED");
      const { deletedAt, imageSetWorkflowStatus } = await readSet(sandbox);
      expect(imageSetWorkflowStatus).toBe("DELETED");
      expect(deletedAt).toBeInstanceOf(Date);
      const versions = new ListImageSetVersionsCommand({ datastoreId, imageSetId });
      expect((await sandbox.medicalImaging.send(versions)).imageSetPropertiesList).toMatchObject([
        { versionId: "1", imageSetState: "DELETED", ImageSetWorkflowStatus: "DELETED", deletedAt },
      ]);
      expect(await find(sandbox)).toEqual([other]);
      await expect.poll(framesOnDisk).toHaveLength(2);

      const { medicalImaging: client } = sandbox;
      await expect(client.send(new DeleteDatastoreCommand({ datastoreId }))).rejects.toThrow(
        ConflictException,
      );
      await client.send(new DeleteImageSetCommand({ datastoreId, imageSetId: other }));
      await expect.poll(() => find(sandbox)).toEqual([]);
      await client.send(new DeleteDatastoreCommand({ datastoreId }));
      await waitForDatastore(client, datastoreId, "DELETED");
    },
  );

  controlled("leaves a LOCKED image set readable and refuses another deletion", async () => {
    await open(60_000);
    await deleteSet(sandbox);
    expect(await readSet(sandbox)).toMatchObject({
      imageSetState: "LOCKED",
      imageSetWorkflowStatus: "DELETING",
    });
    const metadata = new GetImageSetMetadataCommand({ datastoreId, imageSetId });
    expect((await sandbox.medicalImaging.send(metadata)).contentType).toBe("application/json");
    expect(await find(sandbox)).toEqual([imageSetId]);
    await expect(deleteSet(sandbox)).rejects.toThrow(ConflictException);
  });

  test("makes the metadata, frames and versions unknown, and leaves the properties readable", async () => {
    await open(0);
    await deleteSet(sandbox);
    await expect.poll(async () => (await readSet(sandbox)).imageSetState).toBe("DELETED");
    const { medicalImaging: client } = sandbox;
    const { imageSetArn: resourceArn } = await readSet(sandbox);
    const frame = { datastoreId, imageSetId, imageFrameInformation: { imageFrameId: "0".repeat(32) } };
    await expect(client.send(new GetImageSetMetadataCommand({ datastoreId, imageSetId }))).rejects.toThrow(
      ResourceNotFoundException,
    );
    await expect(client.send(new GetImageFrameCommand(frame))).rejects.toThrow(ResourceNotFoundException);
    await expect(client.send(new ListTagsForResourceCommand({ resourceArn }))).rejects.toThrow(
      ResourceNotFoundException,
    );
  });

  test("answers ConflictException for a DELETED image set, as the guide's clean-up expects", async () => {
    await open(0);
    await deleteSet(sandbox);
    await expect.poll(async () => (await readSet(sandbox)).imageSetState).toBe("DELETED");
    await expect(deleteSet(sandbox)).rejects.toThrow(ConflictException);
    const elsewhere = new DeleteImageSetCommand({ datastoreId: "0".repeat(32), imageSetId });
    await expect(sandbox.medicalImaging.send(elsewhere)).rejects.toThrow(ResourceNotFoundException);
  });

  controlled("continues after a restart", async () => {
    await open(60_000);
    await deleteSet(sandbox);
    await sandbox[Symbol.asyncDispose]();
    sandbox = await openSandbox({ data, durations: { imageSetDeletingMs: 0 } });
    await expect.poll(async () => (await readSet(sandbox)).imageSetState).toBe("DELETED");
    await expect.poll(framesOnDisk).toEqual([]);
  });
});
