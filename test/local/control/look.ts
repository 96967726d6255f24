import { gunzipSync } from "node:zlib";
import {
  GetImageFrameCommand,
  GetImageSetMetadataCommand,
  GetDatastoreCommand,
  GetDICOMImportJobCommand,
  ListDatastoresCommand,
  ListDICOMImportJobsCommand,
  ListImageSetVersionsCommand,
  ListTagsForResourceCommand,
  SearchImageSetsCommand,
  type MedicalImagingClient,
} from "@aws-sdk/client-medical-imaging";

/** All that a client can see: properties, tags, jobs, versions, bytes of metadata and of frames. */
export async function lookAtAll(client: MedicalImagingClient): Promise<unknown[]> {
  const { datastoreSummaries = [] } = await client.send(new ListDatastoresCommand({}));
  return Promise.all(datastoreSummaries.map(({ datastoreId = "" }) => lookAtDatastore(client, datastoreId)));
}

async function lookAtDatastore(client: MedicalImagingClient, datastoreId: string): Promise<unknown> {
  const { datastoreProperties } = await client.send(new GetDatastoreCommand({ datastoreId }));
  const { jobSummaries = [] } = await client.send(new ListDICOMImportJobsCommand({ datastoreId }));
  const jobs = jobSummaries.map(async ({ jobId }) => {
    return (await client.send(new GetDICOMImportJobCommand({ datastoreId, jobId }))).jobProperties;
  });
  const { imageSetsMetadataSummaries = [] } = await client.send(new SearchImageSetsCommand({ datastoreId }));
  const imageSets = imageSetsMetadataSummaries.map(async (summary) => [
    summary,
    await lookAtImageSet(client, datastoreId, summary.imageSetId ?? ""),
  ]);
  const tags = await tagsOf(client, datastoreProperties?.datastoreArn ?? "");
  return [datastoreProperties, tags, await Promise.all(jobs), await Promise.all(imageSets)];
}

async function lookAtImageSet(client: MedicalImagingClient, datastoreId: string, imageSetId: string) {
  const { imageSetPropertiesList = [] } = await client.send(
    new ListImageSetVersionsCommand({ datastoreId, imageSetId }),
  );
  const documents = await Promise.all(
    imageSetPropertiesList.map(async ({ versionId }) => {
      const command = new GetImageSetMetadataCommand({ datastoreId, imageSetId, versionId });
      const { imageSetMetadataBlob } = await client.send(command);
      return gunzipSync((await imageSetMetadataBlob?.transformToByteArray()) ?? "").toString();
    }),
  );
  const frameIds = [...(documents[0] ?? "").matchAll(/"ID":"([0-9a-f]{32})"/g)].map(([, id]) => id);
  const frames = await Promise.all(
    frameIds.map(async (imageFrameId) => {
      const imageFrameInformation = { imageFrameId };
      const command = new GetImageFrameCommand({ datastoreId, imageSetId, imageFrameInformation });
      return (await client.send(command)).imageFrameBlob?.transformToString("base64");
    }),
  );
  const arn = `arn:aws:medical-imaging:us-east-1:000000000000:datastore/${datastoreId}/imageset/${imageSetId}`;
  return [imageSetPropertiesList, documents, frames, await tagsOf(client, arn)];
}

const tagsOf = async (client: MedicalImagingClient, resourceArn: string) =>
  (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
