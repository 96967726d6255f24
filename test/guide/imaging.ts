import { gunzipSync } from "node:zlib";
import {
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  SearchImageSetsCommand,
  type DICOMImportJobProperties,
  type SearchCriteria,
} from "@aws-sdk/client-medical-imaging";
import { expect } from "vitest";
import type { MetadataDocument } from "../../src/domain/image-sets/metadata/metadata-document.ts";
import { readText, type Sandbox } from "../clients.ts";

/** Where an image set is. */
export interface At {
  readonly datastoreId: string;
  readonly imageSetId: string;
}

/** From the manifest that an import job leaves in its output folder. */
export async function readImageSetIds(
  { s3 }: Sandbox,
  { outputS3Uri }: DICOMImportJobProperties,
): Promise<string[]> {
  const manifest = JSON.parse(await readText(s3, `${outputS3Uri}job-output-manifest.json`)) as {
    jobSummary: { imageSetsSummary: { imageSetId: string }[] };
  };
  return manifest.jobSummary.imageSetsSummary.map(({ imageSetId }) => imageSetId);
}

export async function search(
  { medicalImaging }: Sandbox,
  datastoreId: string,
  searchCriteria?: SearchCriteria,
): Promise<string[]> {
  const { imageSetsMetadataSummaries = [] } = await medicalImaging.send(
    new SearchImageSetsCommand({ datastoreId, searchCriteria }),
  );
  return imageSetsMetadataSummaries.map(({ imageSetId = "" }) => imageSetId);
}

export async function readMetadata(
  { medicalImaging }: Sandbox,
  at: At,
  versionId?: string,
): Promise<MetadataDocument> {
  const { imageSetMetadataBlob } = await medicalImaging.send(
    new GetImageSetMetadataCommand({ ...at, versionId }),
  );
  const bytes = (await imageSetMetadataBlob?.transformToByteArray()) ?? new Uint8Array();
  return JSON.parse(gunzipSync(bytes).toString()) as MetadataDocument;
}

/** An update or a copy is over when the image set is ACTIVE again. */
export async function waitUntilActive({ medicalImaging }: Sandbox, at: At) {
  const read = async () => medicalImaging.send(new GetImageSetCommand(at));
  await expect.poll(async () => (await read()).imageSetState).toBe("ACTIVE");
  return read();
}
