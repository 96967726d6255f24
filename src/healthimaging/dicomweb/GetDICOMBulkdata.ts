import { ServiceError } from "../../api/errors.ts";
import type { Caller } from "../../domain/caller.ts";
import { OCTET_STREAM, requireOctets } from "./accept-plain.ts";
import { findBulkData } from "./bulk-data.ts";
import type { InstanceRequest } from "./find-instance.ts";
import type { MetadataDependencies, MetadataRequest } from "./GetDICOMInstanceMetadata.ts";

export interface BulkdataRequest extends InstanceRequest, MetadataRequest {
  readonly bulkdataId: string;
}

/** WADO-RS: a large value that metadata names by a BulkDataURI (facts: dicomweb#bulk-data). */
export const GetDICOMBulkdata =
  ({ instances, tiers }: MetadataDependencies) =>
  async (request: BulkdataRequest, caller: Caller): Promise<{ bytes: Uint8Array; contentType: string }> => {
    requireOctets(request.accept);
    const { imageSetId, attributes } = await instances.find(request, caller);
    tiers.touch(imageSetId);
    const bytes = findBulkData(attributes, request.bulkdataId);
    if (bytes !== undefined) return { bytes, contentType: OCTET_STREAM };
    throw new ServiceError(
      "ResourceNotFoundException",
      `Bulk data ${request.bulkdataId} does not exist in instance ${request.sopInstanceUID}`,
    );
  };
