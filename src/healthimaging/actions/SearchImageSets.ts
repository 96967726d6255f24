import type { ImageSetsMetadataSummary, SearchImageSetsRequest, Sort } from "@aws-sdk/client-medical-imaging";
import { latestVersion, type ImageSet } from "../../domain/image-sets/image-set.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { Action } from "./action.ts";

interface SearchImageSetsOutput {
  readonly imageSetsMetadataSummaries: ImageSetsMetadataSummary[];
  readonly sort: Sort | undefined;
  readonly nextToken: string | null;
}

export const SearchImageSets =
  ({ imageSets }: { imageSets: ImageSets }): Action<SearchImageSetsRequest, SearchImageSetsOutput> =>
  ({ datastoreId, searchCriteria = {}, ...page }, caller) => {
    const { items, nextToken } = imageSets.search(caller, datastoreId, searchCriteria, page);
    return { imageSetsMetadataSummaries: items.map(summarise), sort: searchCriteria.sort, nextToken };
  };

function summarise(imageSet: ImageSet): ImageSetsMetadataSummary {
  const { versionId, updatedAt, dicomTags } = latestVersion(imageSet);
  return {
    imageSetId: imageSet.imageSetId,
    version: versionId,
    createdAt: new Date(imageSet.createdAt),
    updatedAt: new Date(updatedAt),
    DICOMTags: dicomTags,
  };
}
