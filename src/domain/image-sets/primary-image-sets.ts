import { latestVersion, type ImageSet } from "./image-set.ts";

/**
 * Image sets of a service without primary image sets, for one that has them: an image set that is alone for its
 * series in its data store becomes primary, any other does not. Assumed: converted-primaries. Of several image sets of
 * a series none becomes primary: nothing says which one AWS would have chosen.
 * @returns those that change
 */
export function markPrimaries(imageSets: readonly ImageSet[]): ImageSet[] {
  const counts = new Map<string, number>();
  for (const imageSet of imageSets) {
    const series = seriesOf(imageSet);
    if (series !== undefined) counts.set(series, (counts.get(series) ?? 0) + 1);
  }
  return imageSets.flatMap((imageSet) => {
    const series = seriesOf(imageSet);
    const isPrimary = series !== undefined && counts.get(series) === 1;
    if (isPrimary === (imageSet.isPrimary ?? false)) return [];
    const { isPrimary: _, ...others } = imageSet;
    return [isPrimary ? { ...others, isPrimary } : others];
  });
}

/** The primary image set of an image set's series in its data store, unless that is the image set itself. */
export function findPrimary(imageSets: Iterable<ImageSet>, imageSet: ImageSet): ImageSet | undefined {
  const series = seriesOf(imageSet);
  for (const other of imageSets) {
    const isPrimary = other.isPrimary === true && other.imageSetId !== imageSet.imageSetId;
    if (isPrimary && series !== undefined && seriesOf(other) === series) return other;
  }
  return undefined;
}

/** Undefined for an image set that counts for none. */
function seriesOf(imageSet: ImageSet): string | undefined {
  const { imageSetState, dicomTags } = latestVersion(imageSet);
  const { DICOMStudyInstanceUID: study, DICOMSeriesInstanceUID: series } = dicomTags;
  if (imageSetState === "DELETED" || study === undefined || series === undefined) return undefined;
  return JSON.stringify([imageSet.datastoreId, study, series]);
}
