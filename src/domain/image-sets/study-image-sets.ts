import { latestVersion, type ImageSet } from "./image-set.ts";

/** The primary image sets of an image set's study in its data store, without itself (facts: image-sets#study-wide-updates). */
export function otherPrimariesOfStudy(ofStore: Iterable<ImageSet>, imageSet: ImageSet): ImageSet[] {
  const study = studyOf(imageSet);
  return [...ofStore].filter(
    (other) =>
      other.isPrimary === true &&
      other.imageSetId !== imageSet.imageSetId &&
      latestVersion(other).imageSetState !== "DELETED" &&
      study !== undefined &&
      studyOf(other) === study,
  );
}

const studyOf = (imageSet: ImageSet): string | undefined =>
  latestVersion(imageSet).dicomTags.DICOMStudyInstanceUID;
