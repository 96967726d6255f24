import { latestVersion, type ImageSet } from "../../domain/image-sets/image-set.ts";
import type { MetadataDocuments } from "../../domain/image-sets/metadata/metadata-documents.ts";
import { seriesKey } from "../../domain/image-sets/primary-image-sets.ts";
import type { State } from "../../domain/state.ts";
import type { MetadataFiles } from "../metadata-files.ts";

/**
 * Primary image sets of series for which there may be elements.
 * Assumed: json-metadata-of-existing. Those of all series that a mapping names, also of a study whose other series
 * are in the job.
 */
export const enhanceablePrimaries = (imageSets: Iterable<ImageSet>, metadata: MetadataFiles): ImageSet[] =>
  [...imageSets].filter((imageSet) => {
    const { imageSetState, dicomTags } = latestVersion(imageSet);
    if (imageSet.isPrimary !== true || imageSetState === "DELETED") return false;
    return metadata.mayConcern(dicomTags.DICOMStudyInstanceUID, dicomTags.DICOMSeriesInstanceUID);
  });

export const seriesOfImageSet = (imageSet: ImageSet): string =>
  seriesKey(imageSet.datastoreId, latestVersion(imageSet).dicomTags) ?? "";

interface ConcernedDependencies {
  readonly state: State;
  readonly documents: MetadataDocuments;
  /** Aborted once the job is abandoned. */
  readonly signal: AbortSignal;
}

/** The ids of those image sets for which there are elements. One that cannot be read is one of them: it will fail. */
export async function concernedOf(
  { state, documents, signal }: ConcernedDependencies,
  candidates: readonly ImageSet[],
  metadata: MetadataFiles,
): Promise<Set<string>> {
  const concerned = new Set<string>();
  for (const { imageSetId } of candidates) {
    signal.throwIfAborted();
    const imageSet = state.imageSets.get(imageSetId);
    if (imageSet === undefined) continue;
    const document = await documents.read(imageSet, latestVersion(imageSet)).catch(() => undefined);
    if (document === undefined || metadata.concerns(document)) concerned.add(imageSetId);
  }
  return concerned;
}
