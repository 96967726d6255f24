import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ConflictException,
  CopyImageSetCommand,
  DeleteImageSetCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  ListImageSetVersionsCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ValidationException,
} from "@aws-sdk/client-medical-imaging";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MetadataDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { createActiveDatastore, openSandbox, type Sandbox } from "../../clients.ts";
import { controlled } from "../../elsewhere.ts";
import { inRelease } from "../../setup/served-release.ts";
import { findImageSets, importSlices, readDocument, settle, updateCommand } from "./image-sets.ts";

let data: string;
const METADATA_MB = "Maximum ImageSetMetadata size per import, copy and UpdateImageSet";
let sandbox: Sandbox;
let datastoreId: string;
/** Slices 1 and 2. */
let source: string;
/** Slice 3. */
let other: string;

/** The status of both before anything happens to them. */
const FIRST_STATUS = inRelease("importMerges", { "2024-05": "CREATED", "2026-06": "COPIED" });

const importBoth = async (): Promise<void> => {
  source = await importSlices(sandbox, datastoreId, "copy-a", 0, 2);
  other = await importSlices(sandbox, datastoreId, "copy-b", 2, 3);
};

/** The newer release merges imports of a series: its image sets with the same series come from copies. */
async function copyBoth(): Promise<void> {
  const whole = await importSlices(sandbox, datastoreId, "copy", 0, 3);
  source = await copyInstances(whole, 0, 2);
  other = await copyInstances(whole, 2, 3);
  await sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: whole }));
  await settled(whole);
}

async function copyInstances(sourceImageSetId: string, from: number, to: number): Promise<string> {
  const { Study } = await readDocument(sandbox, datastoreId, sourceImageSetId);
  const Series = Object.entries(Study.Series).map(([uid, { Instances }]) => {
    const chosen = Object.keys(Instances)
      .slice(from, to)
      .map((sop) => [sop, {}]);
    return [uid, { Instances: Object.fromEntries(chosen) }];
  });
  const copiableAttributes = JSON.stringify({
    SchemaVersion: "1.1",
    Study: { Series: Object.fromEntries(Series) },
  });
  const { destinationImageSetProperties } = await sandbox.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId,
      copyImageSetInformation: {
        sourceImageSet: { latestVersionId: "1", DICOMCopies: { copiableAttributes } },
      },
    }),
  );
  await settled(sourceImageSetId);
  const copied = destinationImageSetProperties?.imageSetId ?? "";
  await settled(copied);
  return copied;
}

/** The image sets are made at once, copies of a test take the time it says. */
async function open(imageSetCopyingMs: number, quotas = {}): Promise<void> {
  sandbox = await openSandbox({ data });
  datastoreId = await createActiveDatastore(sandbox.medicalImaging);
  await inRelease("importMerges", { "2024-05": importBoth, "2026-06": copyBoth })();
  await sandbox[Symbol.asyncDispose]();
  sandbox = await openSandbox({ data, durations: { imageSetCopyingMs, jobSubmittedMs: 0 }, quotas });
}
const copy = (
  sourceImageSetId: string,
  latestVersionId: string,
  destination?: [id: string, version: string],
) =>
  sandbox.medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId,
      copyImageSetInformation: {
        sourceImageSet: { latestVersionId },
        destinationImageSet:
          destination === undefined
            ? undefined
            : { imageSetId: destination[0], latestVersionId: destination[1] },
      },
    }),
  );
const read = (imageSetId: string) =>
  sandbox.medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
const settled = (imageSetId: string) => settle(sandbox, datastoreId, imageSetId);
const framesOnDisk = () => readdir(join(data, "datastores", datastoreId, "frames"));
const instancesOf = ({ Study }: MetadataDocument) =>
  Object.values(Study.Series).flatMap(({ Instances }) => Object.entries(Instances));
const readFrame = (imageSetId: string, imageFrameId: string) =>
  sandbox.medicalImaging.send(
    new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId } }),
  );

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "healthimaging-local-test-"));
});
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

describe("CopyImageSet without a destination", () => {
  controlled("makes a new image set that shares the frames", async () => {
    await open(0);
    const answer = await copy(source, "1");
    const copied = answer.destinationImageSetProperties?.imageSetId ?? "";
    expect(answer).toMatchObject({
      datastoreId,
      sourceImageSetProperties: {
        imageSetId: source,
        latestVersionId: "1",
        imageSetState: "LOCKED",
        imageSetWorkflowStatus: "COPYING_WITH_READ_ONLY_ACCESS",
        imageSetArn: expect.stringContaining(`imageset/${source}`),
      },
      destinationImageSetProperties: {
        latestVersionId: "1",
        imageSetState: "LOCKED",
        imageSetWorkflowStatus: "COPYING",
        imageSetArn: expect.stringContaining(`imageset/${copied}`),
      },
    });
    for (const id of [source, copied]) {
      expect(await settled(id)).toMatchObject({
        versionId: "1",
        imageSetState: "ACTIVE",
        imageSetWorkflowStatus: "COPIED",
      });
    }
    const list = new ListImageSetVersionsCommand({ datastoreId, imageSetId: copied });
    const { imageSetPropertiesList: [version] = [] } = await sandbox.medicalImaging.send(list);
    expect(version).toMatchObject({ versionId: "1", ImageSetWorkflowStatus: "COPIED" });
    expect(version?.updatedAt ?? null).toBeNull();
    const original = await readDocument(sandbox, datastoreId, source);
    expect(await readDocument(sandbox, datastoreId, copied)).toEqual({ ...original, ImageSetID: copied });
    expect(await framesOnDisk()).toHaveLength(3);

    const [[, instance] = []] = instancesOf(original);
    const frameId = instance?.ImageFrames[0]?.ID ?? "";
    await sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: source }));
    expect((await settled(source)).imageSetState).toBe("DELETED");
    expect((await readFrame(copied, frameId)).$metadata.httpStatusCode).toBe(200);
    await expect(readFrame(source, frameId)).rejects.toThrow(ResourceNotFoundException);
    await sandbox.medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: copied }));
    await expect.poll(framesOnDisk).toHaveLength(1);
  });

  controlled(
    "leaves both image sets readable and refuses other writes while it copies, also after a restart",
    async () => {
      await open(60_000);
      const { destinationImageSetProperties } = await copy(source, "1");
      const copied = destinationImageSetProperties?.imageSetId ?? "";
      expect(instancesOf(await readDocument(sandbox, datastoreId, source))).toHaveLength(2);
      expect(instancesOf(await readDocument(sandbox, datastoreId, copied))).toHaveLength(2);
      expect(await findImageSets(sandbox, datastoreId)).toHaveLength(3);
      await expect(copy(source, "1")).rejects.toThrow(ConflictException);
      await expect(copy(copied, "1")).rejects.toThrow(ConflictException);
      const update = updateCommand(datastoreId, source, "1", { updatable: { SchemaVersion: 1.1 } });
      await expect(sandbox.medicalImaging.send(update)).rejects.toThrow(ConflictException);
      const remove = new DeleteImageSetCommand({ datastoreId, imageSetId: copied });
      await expect(sandbox.medicalImaging.send(remove)).rejects.toThrow(ConflictException);
      await sandbox[Symbol.asyncDispose]();
      sandbox = await openSandbox({ data });
      expect((await settled(copied)).imageSetWorkflowStatus).toBe("COPIED");
      expect((await settled(source)).imageSetWorkflowStatus).toBe("COPIED");
    },
  );

  controlled("starts one of several concurrent copies, and leaves nothing of the others", async () => {
    await open(60_000);
    const copies = await Promise.allSettled([copy(source, "1"), copy(source, "1"), copy(source, "1")]);
    const refused = copies.filter((result) => result.status === "rejected");
    expect(refused.map(({ reason }) => reason as Error)).toEqual([
      expect.any(ConflictException),
      expect.any(ConflictException),
    ]);
    await sandbox[Symbol.asyncDispose]();
    sandbox = await openSandbox({ data });
    await settled(source);
    expect(await findImageSets(sandbox, datastoreId)).toHaveLength(3);
    const folders = await readdir(join(data, "datastores", datastoreId, "image-sets"), { recursive: true });
    expect(folders.filter((name) => name.endsWith("metadata-1.json"))).toHaveLength(3);
  });

  controlled("is refused when it copies more frames than the quota allows", async () => {
    await open(0, { "Maximum ImageFrames copied per CopyImageSet request": 1 });
    await expect(copy(source, "1")).rejects.toThrow(ServiceQuotaExceededException);
    expect(await read(source)).toMatchObject({
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: FIRST_STATUS,
    });
    expect((await copy(other, "1")).sourceImageSetProperties?.imageSetState).toBe("LOCKED");
  });
});

controlled(
  "CopyImageSet answers ServiceQuotaExceededException beyond the quota of concurrent copies",
  async () => {
    await open(60_000, { "Maximum concurrent CopyImageSet requests per data store": 1 });
    await copy(source, "1");
    await expect(copy(other, "1")).rejects.toThrow(ServiceQuotaExceededException);
    expect(await read(other)).toMatchObject({ imageSetState: "ACTIVE" });
  },
);

describe("CopyImageSet into an image set", () => {
  test("adds the source's instances as a new version", async () => {
    await open(0);
    expect(await copy(source, "1", [other, "1"])).toMatchObject({
      sourceImageSetProperties: { imageSetId: source, latestVersionId: "1" },
      destinationImageSetProperties: {
        imageSetId: other,
        latestVersionId: "2",
        imageSetWorkflowStatus: "COPYING",
      },
    });
    expect(await settled(other)).toMatchObject({ versionId: "2", imageSetWorkflowStatus: "COPIED" });
    expect(await settled(source)).toMatchObject({ versionId: "1", imageSetWorkflowStatus: "COPIED" });
    const merged = instancesOf(await readDocument(sandbox, datastoreId, other));
    expect(merged).toHaveLength(3);
    for (const [, { ImageFrames }] of merged) {
      expect((await readFrame(other, ImageFrames[0]?.ID ?? "")).$metadata.httpStatusCode).toBe(200);
    }
    expect(instancesOf(await readDocument(sandbox, datastoreId, other, "1"))).toHaveLength(1);
  });

  test("fails for another patient, study or series, uses the version up and says why", async () => {
    await open(0);
    const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientName: "Somebody^Else" } } };
    await sandbox.medicalImaging.send(updateCommand(datastoreId, other, "1", { updatable }));
    await settled(other);
    await copy(source, "1", [other, "2"]);
    const message = "INVALID_REQUEST:  Patient of SourceImageSet and DestinationImageSet don't match.";
    expect(await settled(other)).toMatchObject({
      versionId: "3",
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: "COPY_FAILED",
      message,
    });
    expect(await settled(source)).toMatchObject({
      versionId: "1",
      imageSetWorkflowStatus: "COPY_FAILED",
      message,
    });
    expect(instancesOf(await readDocument(sandbox, datastoreId, other))).toHaveLength(1);
    await copy(source, "1");
    expect(await settled(source)).toMatchObject({ imageSetWorkflowStatus: "COPIED" });
    expect((await read(source)).message).toBeUndefined();
  });

  test("fails when the destination holds one of the instances already", async () => {
    await open(0);
    await copy(source, "1", [other, "1"]);
    await settled(other);
    await settled(source);
    await copy(source, "1", [other, "2"]);
    const failed = await settled(other);
    expect(failed).toMatchObject({ versionId: "3", imageSetWorkflowStatus: "COPY_FAILED" });
    expect(failed.message).toMatch(/^INVALID_REQUEST: {2}SOPInstanceUID 2\.25\.[\w -:]+$/);
    expect(instancesOf(await readDocument(sandbox, datastoreId, other))).toHaveLength(3);
  });

  controlled("fails when the metadata of the destination would exceed its quota", async () => {
    await open(0, { [METADATA_MB]: 3_000 / 1024 ** 2 });
    await copy(source, "1", [other, "1"]);
    expect((await settled(other)).message).toMatch(/at most 3000/);
  });

  test("is refused at once when a version is stale, or the destination is unknown or the source itself", async () => {
    await open(0);
    await expect(copy(source, "2", [other, "1"])).rejects.toThrow(ConflictException);
    await expect(copy(source, "1", [other, "7"])).rejects.toThrow(ConflictException);
    await expect(copy(source, "1", ["0".repeat(32), "1"])).rejects.toThrow(ResourceNotFoundException);
    await expect(copy("0".repeat(32), "1", [other, "1"])).rejects.toThrow(ResourceNotFoundException);
    await expect(copy(source, "1", [source, "1"])).rejects.toThrow(ValidationException);
    expect(await read(source)).toMatchObject({
      imageSetState: "ACTIVE",
      imageSetWorkflowStatus: FIRST_STATUS,
    });
  });
});
