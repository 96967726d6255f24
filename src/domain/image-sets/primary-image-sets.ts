import type { DICOMTags } from "@aws-sdk/client-medical-imaging";
import { latestVersion, type ImageSet } from "./image-set.ts";

/** The elements that all instances of a primary image set have in common (facts: import-jobs#merges). */
const COMMON_ELEMENTS = [
  "DICOMStudyDate",
  "DICOMAccessionNumber",
  "DICOMPatientId",
  "DICOMStudyInstanceUID",
  "DICOMStudyId",
  "DICOMSeriesInstanceUID",
  "DICOMSeriesNumber",
] as const satisfies readonly (keyof DICOMTags)[];

/**
 * Equal for instances that may be in one image set. An empty element equals a missing one, and a series number counts as a
 * number.
 */
export const commonElementsOf = (tags: DICOMTags): string =>
  JSON.stringify(COMMON_ELEMENTS.map((element) => tags[element] ?? ""));

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

/**
 * The primary image sets of some series, or those that a copy in progress makes primary.
 * @param series by `seriesKey`
 */
export function primariesOf(
  imageSets: Iterable<ImageSet>,
  series: ReadonlySet<string>,
): Map<string, ImageSet> {
  const found = new Map<string, ImageSet>();
  for (const imageSet of imageSets) {
    const { isPrimary = false, pending } = imageSet;
    const isPromoted = pending?.kind === "copy" && pending.isPromoted === true;
    if (!isPrimary && !isPromoted) continue;
    const key = seriesOf(imageSet);
    if (key === undefined || !series.has(key)) continue;
    if (isPrimary || !found.has(key)) found.set(key, imageSet);
  }
  return found;
}

/** Undefined for an image set that counts for none. */
function seriesOf(imageSet: ImageSet): string | undefined {
  const { imageSetState, dicomTags } = latestVersion(imageSet);
  return imageSetState === "DELETED" ? undefined : seriesKey(imageSet.datastoreId, dicomTags);
}

/** Equal for image sets of one series in one data store. */
export function seriesKey(datastoreId: string, dicomTags: DICOMTags): string | undefined {
  const { DICOMStudyInstanceUID: study, DICOMSeriesInstanceUID: series } = dicomTags;
  return study === undefined || series === undefined
    ? undefined
    : JSON.stringify([datastoreId, study, series]);
}
