import {
  GetImageFrameCommand,
  GetImageSetCommand,
  ListImageSetVersionsCommand,
  SearchImageSetsCommand,
} from "@aws-sdk/client-medical-imaging";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { ServiceRelease } from "../../../src/index.ts";
import { createActiveDatastore, openControlled, type ControlledSandbox } from "../../clients.ts";
import { controlled as test } from "../../elsewhere.ts";
import { importSlices, readDocument } from "../image-sets/image-sets.ts";

describe.each<[ServiceRelease, string, boolean]>([
  ["2024-05", "application/octet-stream", false],
  ["2026-06", "image/jph", true],
])("with release %s", (serviceRelease, contentType, hasMembers) => {
  let sandbox: ControlledSandbox;
  let datastoreId: string;
  let imageSetId: string;
  beforeAll(async () => {
    sandbox = await openControlled({ serviceRelease });
    datastoreId = await createActiveDatastore(sandbox.medicalImaging);
    imageSetId = await importSlices(sandbox, datastoreId, "slices", 0, 1);
  });
  afterAll(() => sandbox[Symbol.asyncDispose]());

  const get = () => sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
  const search = (isPrimary?: boolean) =>
    sandbox.medicalImaging.send(
      new SearchImageSetsCommand({
        datastoreId,
        ...(isPrimary === undefined
          ? {}
          : { searchCriteria: { filters: [{ operator: "EQUAL", values: [{ isPrimary }] }] } }),
      }),
    );

  test("a frame has the content type of the release", async () => {
    const { Study } = await readDocument(sandbox, datastoreId, imageSetId);
    const [instance] = Object.values(Study.Series).flatMap(({ Instances }) => Object.values(Instances));
    const imageFrameId = instance?.ImageFrames[0]?.ID ?? "";
    const frame = await sandbox.medicalImaging.send(
      new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId } }),
    );
    expect(frame.contentType).toBe(contentType);
  });

  test("reads tell the storage tier", async () => {
    const { imageSetsMetadataSummaries: [summary] = [] } = await search();
    const { updatedAt } = await get();
    const members = { storageTier: "FREQUENT_ACCESS", lastAccessedAt: expect.any(Date) as Date };
    for (const read of [await get(), summary ?? {}]) {
      if (hasMembers) expect(read).toMatchObject(members);
      else for (const member of Object.keys(members)) expect(read).not.toHaveProperty(member);
    }
    expect(updatedAt).toBeInstanceOf(Date);
  });

  test("reads, versions and searches tell whether an image set is primary", async () => {
    const { imageSetsMetadataSummaries: [summary] = [] } = await search();
    const { imageSetPropertiesList: [version] = [] } = await sandbox.medicalImaging.send(
      new ListImageSetVersionsCommand({ datastoreId, imageSetId }),
    );
    for (const read of [await get(), summary, version])
      expect(read?.isPrimary).toBe(hasMembers ? true : undefined);
    if (!hasMembers) return;
    expect((await search(true)).imageSetsMetadataSummaries).toHaveLength(1);
    expect((await search(false)).imageSetsMetadataSummaries).toEqual([]);
  });
});
