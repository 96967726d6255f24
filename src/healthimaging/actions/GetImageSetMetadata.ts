import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { GetImageSetMetadataRequest } from "@aws-sdk/client-medical-imaging";
import type { Blobs } from "../../domain/blobs.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { Action, BytesOutput } from "./action.ts";

const compress = promisify(gzip);

interface GetImageSetMetadataDependencies {
  readonly imageSets: ImageSets;
  readonly blobs: Blobs;
  readonly tiers: StorageTiers;
}

/**
 * Always gzip, whatever the request accepts: SDKs return the bytes unchanged
 * (facts: image-sets#metadata-answer).
 */
export const GetImageSetMetadata =
  ({
    imageSets,
    blobs,
    tiers,
  }: GetImageSetMetadataDependencies): Action<GetImageSetMetadataRequest, BytesOutput> =>
  async ({ datastoreId, imageSetId, versionId }, caller) => {
    const document = imageSets.metadata(caller, datastoreId, imageSetId, versionId);
    tiers.touch(imageSetId);
    return {
      bytes: await compress(await blobs.read(document.key, document)),
      contentType: "application/json",
      contentEncoding: "gzip",
    };
  };
