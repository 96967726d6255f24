import { gunzipSync } from "node:zlib";
import type { JsonValue, MetadataDocument } from "../../../domain/image-sets/metadata/metadata-document.ts";
import type { LocalApi } from "../local-api.ts";

/** A summary of an image set for people. */
export interface ImageSetSummary {
  readonly imageSetId: string;
  readonly patientId: string;
  readonly modality: string;
  readonly description: string;
  readonly instances: number;
  readonly frames: number;
}

export async function readMetadata(
  api: LocalApi,
  datastoreId: string,
  imageSetId: string,
): Promise<MetadataDocument> {
  const path = `/datastore/${datastoreId}/imageSet/${imageSetId}/getImageSetMetadata`;
  return JSON.parse(gunzipSync(await api.bytes("POST", path)).toString()) as MetadataDocument;
}

export function describeImageSet({ ImageSetID, Patient, Study }: MetadataDocument): ImageSetSummary {
  const [series] = Object.values(Study.Series);
  const instances = Object.values(series?.Instances ?? {});
  return {
    imageSetId: ImageSetID,
    patientId: text(Patient.DICOM["PatientID"]) ?? "-",
    modality: text(series?.DICOM["Modality"]) ?? "-",
    description: text(series?.DICOM["SeriesDescription"]) ?? text(Study.DICOM["StudyDescription"]) ?? "-",
    instances: instances.length,
    frames: instances.reduce((count, { ImageFrames }) => count + ImageFrames.length, 0),
  };
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
