import type { GetImageFrameRequest } from "@aws-sdk/client-medical-imaging";
import type { Blobs } from "../../domain/blobs.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import { inContainer, type FrameContainer } from "../../imaging/pixels/htj2k/frame-container.ts";
import type { Action, BytesOutput } from "./action.ts";

interface GetImageFrameDependencies {
  readonly imageSets: ImageSets;
  readonly blobs: Blobs;
  readonly tiers: StorageTiers;
  readonly frameContainer: FrameContainer;
  /** Of the served release. */
  readonly behaviours: { readonly frameContentTypes: Readonly<Record<FrameContainer, string>> };
}

export const GetImageFrame =
  ({
    imageSets,
    blobs,
    tiers,
    frameContainer,
    behaviours,
  }: GetImageFrameDependencies): Action<GetImageFrameRequest, BytesOutput> =>
  async ({ datastoreId, imageSetId, imageFrameInformation: { imageFrameId } }, caller) => {
    const frame = imageSets.frame(caller, datastoreId, imageSetId, imageFrameId);
    tiers.touch(imageSetId);
    const bytes = inContainer(await blobs.read(frame.key, frame), frameContainer);
    return { bytes, contentType: behaviours.frameContentTypes[frameContainer] };
  };
