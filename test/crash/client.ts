import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import {
  CreateDatastoreCommand,
  GetDatastoreCommand,
  GetDICOMImportJobCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  MedicalImagingClient,
  UpdateImageSetMetadataCommand,
  type GetImageSetCommandOutput,
} from "@aws-sdk/client-medical-imaging";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { MetadataDocument } from "../../src/domain/image-sets/metadata/metadata-document.ts";

export const BUCKET = "crash-dicom";
/** Of every image set until its first update. */
export const ORIGINAL_DESCRIPTION = JSON.stringify("Phantom study");

/** Clients that never try again: each call is answered once, or is not. */
export interface Clients {
  readonly medicalImaging: MedicalImagingClient;
  readonly s3: S3Client;
  readonly datastoreId: string;
}

export function openClients(endpoint: string, datastoreId: string): Clients {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const common = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  return {
    medicalImaging: new MedicalImagingClient({ ...common, disableHostPrefix: true }),
    s3: new S3Client({ ...common, forcePathStyle: true }),
    datastoreId,
  };
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export const arnOf = (datastoreId: string, imageSetId?: string): string =>
  `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${datastoreId}${imageSetId === undefined ? "" : `/imageset/${imageSetId}`}`;

/** The image set once nothing is being done with it. */
export async function settled(
  { medicalImaging, datastoreId }: Clients,
  imageSetId: string,
): Promise<GetImageSetCommandOutput> {
  for (;;) {
    const found = await medicalImaging.send(new GetImageSetCommand({ datastoreId, imageSetId }));
    if (found.imageSetState !== "LOCKED") return found;
  }
}

export async function endOfJob({ medicalImaging, datastoreId }: Clients, jobId: string): Promise<string> {
  for (;;) {
    const command = new GetDICOMImportJobCommand({ datastoreId, jobId });
    const { jobProperties } = await medicalImaging.send(command);
    const status = jobProperties?.jobStatus ?? "";
    if (status === "COMPLETED" || status === "FAILED") return status;
  }
}

export interface VersionedDocument {
  readonly sha256: string;
  readonly document: MetadataDocument;
}

export async function readVersion(
  { medicalImaging, datastoreId }: Clients,
  imageSetId: string,
  versionId: string,
): Promise<VersionedDocument> {
  const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId, versionId });
  const { imageSetMetadataBlob } = await medicalImaging.send(command);
  const bytes = gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "");
  return { sha256: sha256(bytes), document: JSON.parse(bytes.toString()) as MetadataDocument };
}

export async function readFrame(
  { medicalImaging, datastoreId }: Clients,
  imageSetId: string,
  imageFrameId: string,
): Promise<string> {
  const imageFrameInformation = { imageFrameId };
  const command = new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation });
  const { imageFrameBlob } = await medicalImaging.send(command);
  return sha256((await imageFrameBlob?.transformToByteArray()) ?? new Uint8Array());
}

interface Manifest {
  readonly jobSummary: {
    readonly numberOfImportedFiles: number;
    readonly imageSetsSummary: readonly {
      readonly imageSetId: string;
      /** Of releases that have it. */
      readonly imageSetVersion?: number;
    }[];
  };
}

/** What a job's report says of it. */
export async function readSummary(clients: Clients, jobId: string): Promise<Manifest["jobSummary"]> {
  const key = `out/${clients.datastoreId}-DicomImport-${jobId}/job-output-manifest.json`;
  return (JSON.parse(await readObject(clients, BUCKET, key)) as Manifest).jobSummary;
}

export const framesOf = ({ Study }: MetadataDocument): string[] =>
  Object.values(Study.Series).flatMap(({ Instances }) =>
    Object.values(Instances).flatMap(({ ImageFrames }) => ImageFrames.map(({ ID }) => ID)),
  );

export async function createActive(endpoint: string, datastoreName: string): Promise<string> {
  const { medicalImaging } = openClients(endpoint, "");
  const { datastoreId = "" } = await medicalImaging.send(new CreateDatastoreCommand({ datastoreName }));
  for (;;) {
    const { datastoreProperties } = await medicalImaging.send(new GetDatastoreCommand({ datastoreId }));
    if (datastoreProperties?.datastoreStatus === "ACTIVE") return datastoreId;
  }
}

export function describeCommand(
  { datastoreId }: Clients,
  imageSetId: string,
  latestVersionId: string,
  StudyDescription: string,
): UpdateImageSetMetadataCommand {
  const update = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription } } };
  const updatableAttributes = Buffer.from(JSON.stringify(update));
  return new UpdateImageSetMetadataCommand({
    datastoreId,
    imageSetId,
    latestVersionId,
    updateImageSetMetadataUpdates: { DICOMUpdates: { updatableAttributes } },
  });
}

async function readObject({ s3 }: Clients, Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? "";
}
