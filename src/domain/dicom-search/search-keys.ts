import type { Attributes } from "../image-sets/metadata/metadata-document.ts";

/**
 * The attributes that the index keeps for each study, series and instance: those that searches match, order by or
 * answer without `includefield` (facts: dicomweb#search-keys, dicomweb#searches).
 */
export const STUDY_KEYS = [
  "AccessionNumber",
  "PatientBirthDate",
  "PatientBirthTime",
  "PatientID",
  "PatientName",
  "PatientSex",
  "ReferringPhysicianName",
  "StudyDate",
  "StudyDescription",
  "StudyID",
  "StudyInstanceUID",
  "StudyTime",
  "TimezoneOffsetFromUTC",
] as const;

export const SERIES_KEYS = [
  "Modality",
  "PerformedProcedureStepStartDate",
  "PerformedProcedureStepStartTime",
  "RequestAttributesSequence",
  "SeriesDescription",
  "SeriesInstanceUID",
  "SeriesNumber",
] as const;

export const INSTANCE_KEYS = [
  "BitsAllocated",
  "Columns",
  "InstanceNumber",
  "NumberOfFrames",
  "Rows",
  "SOPClassUID",
  "SOPInstanceUID",
  "WarningReason",
] as const;

/** Without attributes that are missing. */
export function pickKeys(attributes: Attributes, keywords: readonly string[]): Attributes {
  const picked: Record<string, Attributes[string]> = {};
  for (const keyword of keywords) {
    const value = attributes[keyword];
    if (value !== undefined) picked[keyword] = value;
  }
  return picked;
}

/** The place of a Series or Instance Number in the order: last if it is missing or not a number. */
export function orderOf(number: Attributes[string] | undefined): number {
  const text = typeof number === "string" ? number.trim() : "";
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? Infinity : value;
}
