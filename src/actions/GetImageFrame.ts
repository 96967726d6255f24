import type { GetImageFrameRequest } from "@aws-sdk/client-medical-imaging";
import type { Blobs } from "../domain/blobs.ts";
import type { ImageSets } from "../domain/image-sets.ts";
import type { Action, BytesOutput } from "./action.ts";

interface Parts {
  readonly imageSets: ImageSets;
  readonly blobs: Blobs;
}

export const GetImageFrame =
  ({ imageSets, blobs }: Parts): Action<GetImageFrameRequest, BytesOutput> =>
  async ({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId } }, caller) => {
    const { frameKey } = imageSets.frame(caller, datastoreId, imageSetId, imageFrameId);
    return { bytes: await blobs.read(frameKey), contentType: "application/octet-stream" };
  };
