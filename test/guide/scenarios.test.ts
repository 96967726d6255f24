import {
  DeleteImageSetCommand,
  GetDatastoreCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSampleSeries } from "../../src/local/sdk/import/sample-series.ts";
import {
  createActiveDatastore,
  importFiles,
  openSandbox,
  type FinishedImport,
  type Sandbox,
} from "../clients.ts";
import { decodeAsTheGuide, isGuideDecoderThere } from "./decode.ts";
import { readImageSetIds, readMetadata, search } from "./imaging.ts";

let sandbox: Sandbox;
let datastoreId: string;
let imported: FinishedImport;
beforeAll(async () => {
  sandbox = await openSandbox();
  datastoreId = await createActiveDatastore(sandbox.medicalImaging, "scenario");
  const files = Object.fromEntries(createSampleSeries(2).map(({ name, bytes }) => [name, bytes]));
  imported = await importFiles(sandbox, datastoreId, "scenario", files);
});
afterAll(() => sandbox[Symbol.asyncDispose]());

describe("the guide's tagging scenarios", () => {
  const datastoreArn = async () =>
    (await sandbox.medicalImaging.send(new GetDatastoreCommand({ datastoreId }))).datastoreProperties
      ?.datastoreArn;
  const imageSetArn = async () => {
    const [imageSetId = ""] = await search(sandbox, datastoreId);
    return (await sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId })))
      .imageSetArn;
  };

  test.each([
    ["a data store", datastoreArn],
    ["an image set", imageSetArn],
  ])("tag, list and untag %s", async (_, arnOf) => {
    const { medicalImaging: client } = sandbox;
    const resourceArn = await arnOf();
    const list = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    await client.send(new TagResourceCommand({ resourceArn, tags: { Deployment: "Development" } }));
    expect(await list()).toEqual({ Deployment: "Development" });
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ["Deployment"] }));
    expect(await list()).toEqual({});
  });
});

describe("the guide's scenario of image sets and image frames", () => {
  test("imports, finds the image sets in the manifest, verifies each frame, and cleans up", async () => {
    const { medicalImaging: client } = sandbox;
    const imageSetIds = await readImageSetIds(sandbox, imported.job);
    expect(imageSetIds).toHaveLength(1);
    let verified = 0;
    for (const imageSetId of imageSetIds) {
      const { Study } = await readMetadata(sandbox, { datastoreId, imageSetId });
      const instances = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
      for (const { ID, PixelDataChecksumFromBaseToFullResolution: levels } of instances.flatMap(
        ({ ImageFrames }) => ImageFrames,
      )) {
        const { imageFrameBlob } = await client.send(
          new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId: ID } }),
        );
        const file = (await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array();
        const full = levels.toSorted((a, b) => a.Width - b.Width).at(-1);
        if (isGuideDecoderThere) expect(await decodeAsTheGuide([file])).toEqual([full?.Checksum]);
        verified++;
      }
    }
    expect(verified).toBe(2);
    for (const imageSetId of imageSetIds) {
      await client.send(new DeleteImageSetCommand({ datastoreId, imageSetId }));
    }
    await expect.poll(() => search(sandbox, datastoreId)).toEqual([]);
  });
});
