import type { ImageSetsMetadataSummary, SearchImageSetsRequest, Sort } from "@aws-sdk/client-medical-imaging";
import { latestVersion, type ImageSet } from "../../domain/image-sets/image-set.ts";
import type { ImageSets } from "../../domain/image-sets/image-sets.ts";
import type { StorageTiers } from "../../domain/image-sets/storage-tiers.ts";
import type { Action } from "./action.ts";

interface SearchImageSetsOutput {
  readonly imageSetsMetadataSummaries: ImageSetsMetadataSummary[];
  readonly sort: Sort | undefined;
  readonly nextToken: string | null;
}

export const SearchImageSets =
  ({
    imageSets,
    tiers,
  }: {
    imageSets: ImageSets;
    tiers: StorageTiers;
  }): Action<SearchImageSetsRequest, SearchImageSetsOutput> =>
  ({ datastoreId, searchCriteria = {}, ...page }, caller) => {
    const { items, nextToken } = imageSets.search(caller, datastoreId, searchCriteria, page);
    const imageSetsMetadataSummaries = items.map((imageSet) => summarise(imageSet, tiers));
    return { imageSetsMetadataSummaries, sort: searchCriteria.sort, nextToken };
  };

function summarise(imageSet: ImageSet, tiers: StorageTiers): ImageSetsMetadataSummary {
  const { versionId, updatedAt, dicomTags } = latestVersion(imageSet);
  const { storageTier, lastAccessedAt } = tiers.tierOf(imageSet);
  return {
    imageSetId: imageSet.imageSetId,
    version: versionId,
    createdAt: new Date(imageSet.createdAt),
    updatedAt: new Date(updatedAt),
    DICOMTags: dicomTags,
    isPrimary: imageSet.isPrimary ?? false,
    storageTier,
    lastAccessedAt: new Date(lastAccessedAt),
  };
}
