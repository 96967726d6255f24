import { DicomError, missingAttribute } from "../dicom-error.ts";
import type { MetadataObject, MetadataValue } from "../element-value.ts";

/** The maximum lengths of values in an import, in characters (facts: import-jobs#longest-values). */
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  PatientID: 64,
  PatientName: 256,
  PatientBirthDate: 18,
  PatientSex: 16,
  StudyInstanceUID: 64,
  StudyID: 16,
  StudyDescription: 64,
  AccessionNumber: 16,
  StudyDate: 18,
  StudyTime: 28,
};

/** The maximum values of the counts among those elements. */
const MAX_VALUES: Readonly<Record<string, number>> = {
  NumberOfStudyRelatedSeries: 10_000,
  NumberOfStudyRelatedInstances: 10_000,
};

/** Throws DicomError for the first value that an import refuses. */
export function checkImportConstraints(values: MetadataObject): void {
  for (const [keyword, limit] of Object.entries(MAX_LENGTHS)) {
    const length = lengthOf(values[keyword]);
    if (length > limit) throw tooLong(keyword, length, limit);
  }
  for (const [keyword, limit] of Object.entries(MAX_VALUES)) {
    const value = Number(values[keyword] ?? 0);
    if (value > limit) {
      throw new DicomError(`DICOM attribute ${keyword} is ${value}, at most ${limit} is allowed`);
    }
  }
}

/** The length of several values includes their separators. */
function lengthOf(value: MetadataValue | undefined): number {
  if (Array.isArray(value)) return Array.from(value.join("\\")).length;
  return typeof value === "string" ? Array.from(value).length : 0;
}

/** Throws DicomError if the attribute is missing or empty. */
export function required(keyword: string, value: MetadataValue | undefined): string {
  if (value === undefined || value === null) throw missingAttribute(keyword);
  if (Array.isArray(value)) {
    throw new DicomError(`DICOM attribute ${keyword} has ${value.length} values, expected 1`);
  }
  if (typeof value !== "string") throw new DicomError(`DICOM attribute ${keyword} is not text`);
  return value;
}

const MAX_UID_LENGTH = 64;

/**
 * Throws DicomError if the attribute is missing or not a UID of PS3.5 9.1.
 * Assumed: leading-zero-uids. A component with a leading zero is refused too: the service began to accept
 * such UIDs after the guide (facts: import-jobs#uids).
 */
export function requiredUid(keyword: string, value: MetadataValue | undefined): string {
  const uid = required(keyword, value);
  if (uid.length > MAX_UID_LENGTH) throw tooLong(keyword, uid.length, MAX_UID_LENGTH);
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/.test(uid)) {
    throw new DicomError(`DICOM attribute ${keyword} is not a valid UID: ${uid}`);
  }
  return uid;
}

const tooLong = (keyword: string, length: number, limit: number): DicomError =>
  new DicomError(`DICOM attribute ${keyword} has ${length} characters, at most ${limit} are allowed`);
