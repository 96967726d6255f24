import { gunzipSync } from "node:zlib";
import {
  CopyImageSetCommand,
  DeleteImageSetCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  SearchImageSetsCommand,
  UpdateImageSetMetadataCommand,
  type GetImageSetCommandOutput,
} from "@aws-sdk/client-medical-imaging";
import { expect } from "vitest";
import type { MetadataDocument } from "../../../src/domain/image-sets/metadata/metadata-document.ts";
import { importFiles, type Sandbox } from "../../clients.ts";
import { slicesForNewImageSet } from "../../setup/sample-series-of.ts";

/** Some slices of the phantom series as an image set of their own; every one has the same head. */
export async function importSlices(
  sandbox: Sandbox,
  datastoreId: string,
  bucket: string,
  from: number,
  to: number,
): Promise<string> {
  const before = new Set(await findImageSets(sandbox, datastoreId));
  const slices = slicesForNewImageSet(4).slice(from, to);
  const files = Object.fromEntries(slices.map(({ name, bytes }) => [name, bytes]));
  await importFiles(sandbox, datastoreId, bucket, files);
  return (await findImageSets(sandbox, datastoreId)).find((id) => !before.has(id)) ?? "";
}

/**
 * As `importSlices`, of a service that makes the import of a series primary: a copy, which is not, and is alone for its
 * series.
 */
export async function importNonPrimary(
  sandbox: Sandbox,
  datastoreId: string,
  ...slices: [bucket: string, from: number, to: number]
): Promise<string> {
  const { medicalImaging } = sandbox;
  const primary = await importSlices(sandbox, datastoreId, ...slices);
  const { destinationImageSetProperties } = await medicalImaging.send(
    new CopyImageSetCommand({
      datastoreId,
      sourceImageSetId: primary,
      copyImageSetInformation: { sourceImageSet: { latestVersionId: "1" } },
    }),
  );
  const imageSetId = destinationImageSetProperties?.imageSetId ?? "";
  await settle(sandbox, datastoreId, imageSetId);
  await medicalImaging.send(new DeleteImageSetCommand({ datastoreId, imageSetId: primary }));
  await settle(sandbox, datastoreId, primary);
  return imageSetId;
}

export async function findImageSets({ medicalImaging }: Sandbox, datastoreId: string): Promise<string[]> {
  const command = new SearchImageSetsCommand({ datastoreId });
  const { imageSetsMetadataSummaries = [] } = await medicalImaging.send(command);
  return imageSetsMetadataSummaries.map(({ imageSetId = "" }) => imageSetId);
}

export async function readDocument(
  { medicalImaging }: Sandbox,
  datastoreId: string,
  imageSetId: string,
  versionId?: string,
): Promise<MetadataDocument> {
  const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId, versionId });
  const { imageSetMetadataBlob } = await medicalImaging.send(command);
  const bytes = (await imageSetMetadataBlob?.transformToByteArray()) ?? new Uint8Array();
  return JSON.parse(gunzipSync(bytes).toString()) as MetadataDocument;
}

/** The image set once it is no longer LOCKED. */
export async function settle(
  { medicalImaging }: Sandbox,
  datastoreId: string,
  imageSetId: string,
): Promise<GetImageSetCommandOutput> {
  const read = () => medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
  await expect.poll(async () => (await read()).imageSetState).not.toBe("LOCKED");
  return read();
}

export interface Payloads {
  readonly updatable?: unknown;
  readonly removable?: unknown;
}

export function updateCommand(
  datastoreId: string,
  imageSetId: string,
  latestVersionId: string,
  { updatable, removable }: Payloads,
): UpdateImageSetMetadataCommand {
  const encode = (payload: unknown) =>
    payload === undefined ? undefined : Buffer.from(JSON.stringify(payload));
  return new UpdateImageSetMetadataCommand({
    datastoreId,
    imageSetId,
    latestVersionId,
    updateImageSetMetadataUpdates: {
      DICOMUpdates: { updatableAttributes: encode(updatable), removableAttributes: encode(removable) },
    },
  });
}
