import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import {
  GetDatastoreCommand,
  GetDICOMImportJobCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  ListDatastoresCommand,
  ListDICOMImportJobsCommand,
  ListImageSetVersionsCommand,
  ListTagsForResourceCommand,
  SearchImageSetsCommand,
  type MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  type S3Client,
} from "@aws-sdk/client-s3";

const digest = (bytes: Uint8Array) => ({
  byteLength: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/**
 * Everything that the clients of one account see, as JSON: properties, tags, jobs, versions, search, and
 * bytes by their digest.
 * @param deleted image sets that searches no longer find, by data store
 */
export async function lookAtAccount(
  client: MedicalImagingClient,
  deleted: Readonly<Record<string, readonly string[]>> = {},
): Promise<unknown> {
  const { datastoreSummaries = [] } = await client.send(new ListDatastoresCommand({}));
  const ids = datastoreSummaries.map(({ datastoreId = "" }) => datastoreId);
  const datastores = await Promise.all(ids.map((id) => lookAtDatastore(client, id, deleted[id] ?? [])));
  return asJson({ datastoreSummaries, datastores });
}

async function lookAtDatastore(
  client: MedicalImagingClient,
  datastoreId: string,
  deleted: readonly string[],
) {
  const { datastoreProperties } = await client.send(new GetDatastoreCommand({ datastoreId }));
  if (datastoreProperties?.datastoreStatus !== "ACTIVE") return { datastoreProperties };
  const { jobSummaries = [] } = await client.send(new ListDICOMImportJobsCommand({ datastoreId }));
  const jobs = jobSummaries.map(
    async ({ jobId }) =>
      (await client.send(new GetDICOMImportJobCommand({ datastoreId, jobId }))).jobProperties,
  );
  const { imageSetsMetadataSummaries: found = [] } = await client.send(
    new SearchImageSetsCommand({ datastoreId }),
  );
  const arn = datastoreProperties.datastoreArn ?? "";
  const imageSets = found.map(async ({ imageSetId = "" }) =>
    lookAtImageSet(client, datastoreId, imageSetId, arn),
  );
  const gone = deleted.map((imageSetId) => propertiesOf(client, datastoreId, imageSetId));
  return {
    datastoreProperties,
    tags: await tagsOf(client, arn),
    jobs: await Promise.all(jobs),
    found,
    imageSets: await Promise.all(imageSets),
    deleted: await Promise.all(gone),
  };
}

async function propertiesOf(client: MedicalImagingClient, datastoreId: string, imageSetId: string) {
  const { $metadata: _, ...properties } = await client.send(
    new GetImageSetCommand({ datastoreId, imageSetId }),
  );
  return properties;
}

async function lookAtImageSet(
  client: MedicalImagingClient,
  datastoreId: string,
  imageSetId: string,
  datastoreArn: string,
) {
  const { imageSetPropertiesList: versions = [] } = await client.send(
    new ListImageSetVersionsCommand({ datastoreId, imageSetId }),
  );
  const documents = await Promise.all(
    versions.map(({ versionId }) => metadataOf(client, datastoreId, imageSetId, versionId)),
  );
  const frameIds = new Set(
    documents.flatMap((document) =>
      [...document.toString().matchAll(/"ID":"([0-9a-f]{32})"/g)].map(([, id = ""]) => id),
    ),
  );
  const frames = [...frameIds].toSorted().map(async (id) => {
    return [id, digest(await codestreamOf(client, datastoreId, imageSetId, id))] as const;
  });
  return {
    properties: await propertiesOf(client, datastoreId, imageSetId),
    versions,
    metadata: documents.map(digest),
    frames: Object.fromEntries(await Promise.all(frames)),
    tags: await tagsOf(client, `${datastoreArn}/imageset/${imageSetId}`),
  };
}

async function metadataOf(
  client: MedicalImagingClient,
  datastoreId: string,
  imageSetId: string,
  versionId: string | undefined,
): Promise<Buffer> {
  const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId, versionId });
  const { imageSetMetadataBlob } = await client.send(command);
  return gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "");
}

/** SOC and SIZ, with which a codestream begins. */
const CODESTREAM = Buffer.from("ff4fff51", "hex");

/** Of a frame as it is answered: whatever stands before the codestream is not what a folder keeps. */
async function codestreamOf(
  client: MedicalImagingClient,
  datastoreId: string,
  imageSetId: string,
  id: string,
) {
  const imageFrameInformation = { imageFrameId: id };
  const command = new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation });
  const { imageFrameBlob } = await client.send(command);
  const bytes = Buffer.from((await imageFrameBlob?.transformToByteArray()) ?? "");
  return bytes.subarray(bytes.indexOf(CODESTREAM));
}

/** All buckets, and the digests of what is in them. */
export async function lookAtBuckets(s3: S3Client): Promise<unknown> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const buckets = Buckets.map(async ({ Name: Bucket = "" }) => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    const objects = Contents.map(async ({ Key = "" }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return [Key, digest((await Body?.transformToByteArray()) ?? new Uint8Array())] as const;
    });
    return [Bucket, Object.fromEntries(await Promise.all(objects))] as const;
  });
  return Object.fromEntries(await Promise.all(buckets));
}

const tagsOf = async (client: MedicalImagingClient, resourceArn: string) =>
  (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

/** Dates as text, undefined gone: what a file of JSON keeps of it. */
const asJson = (value: object): unknown => JSON.parse(JSON.stringify(value));
