import { latestVersion, type ImageSet } from "../image-sets/image-set.ts";
import { joinDateAndTime } from "./study-date-and-time.ts";

export const SORT_FIELDS = ["updatedAt", "createdAt", "DICOMStudyDateAndTime"] as const;
export const TEXT_ATTRIBUTES = [
  "DICOMPatientId",
  "DICOMAccessionNumber",
  "DICOMStudyId",
  "DICOMStudyInstanceUID",
  "DICOMSeriesInstanceUID",
] as const;

export type SortField = (typeof SORT_FIELDS)[number];
export type TextAttribute = (typeof TEXT_ATTRIBUTES)[number];
/** Attributes of releases that search by them: few values, which many image sets share. */
export type FlagAttribute = "isPrimary";

export type Attribute = SortField | TextAttribute | FlagAttribute;

/** Milliseconds since 1970, or text. */
export type Key = number | string;

/** An image set in searches: the attributes of its latest version. */
export interface SearchEntry extends Readonly<Record<TextAttribute, string | undefined>> {
  readonly imageSet: ImageSet;
  readonly imageSetId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly isPrimary: "true" | "false";
  /**
   * In the form of `joinDateAndTime`; empty if the study has no date. Assumed: unreadable-time. It counts as
   * midnight.
   */
  readonly DICOMStudyDateAndTime: string;
}

export function searchEntryOf(imageSet: ImageSet): SearchEntry {
  const { updatedAt, dicomTags } = latestVersion(imageSet);
  const { DICOMStudyDate = "", DICOMStudyTime } = dicomTags;
  return {
    imageSet,
    imageSetId: imageSet.imageSetId,
    createdAt: imageSet.createdAt,
    updatedAt,
    isPrimary: imageSet.isPrimary === true ? "true" : "false",
    DICOMStudyDateAndTime:
      joinDateAndTime(DICOMStudyDate, DICOMStudyTime) ?? joinDateAndTime(DICOMStudyDate) ?? "",
    DICOMPatientId: dicomTags.DICOMPatientId,
    DICOMAccessionNumber: dicomTags.DICOMAccessionNumber,
    DICOMStudyId: dicomTags.DICOMStudyId,
    DICOMStudyInstanceUID: dicomTags.DICOMStudyInstanceUID,
    DICOMSeriesInstanceUID: dicomTags.DICOMSeriesInstanceUID,
  };
}
