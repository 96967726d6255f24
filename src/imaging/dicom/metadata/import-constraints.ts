import { GUIDE_VALUE_LIMITS, type ValueLimits } from "../../../api/limits/value-limits.ts";
import { DicomError, missingAttribute } from "../dicom-error.ts";
import type { MetadataObject, MetadataValue } from "../element-value.ts";

/** Throws DicomError for the first value that an import refuses. */
export function checkImportConstraints(
  values: MetadataObject,
  { maxLengths, maxValues }: ValueLimits = GUIDE_VALUE_LIMITS,
): void {
  for (const [keyword, limit] of Object.entries(maxLengths)) {
    const length = lengthOf(values[keyword]);
    if (length > limit) throw tooLong(keyword, length, limit);
  }
  for (const [keyword, limit] of Object.entries(maxValues)) {
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

/**
 * Throws DicomError if the attribute is missing or not a UID that an import takes.
 * Assumed: leading-zero-uids. By the guide a component with a leading zero is refused too: the service began to
 * accept such UIDs after it (facts: import-jobs#uids).
 */
export function requiredUid(
  keyword: string,
  value: MetadataValue | undefined,
  limits: ValueLimits = GUIDE_VALUE_LIMITS,
): string {
  const uid = required(keyword, value);
  if (uid.length > limits.maxUidLength) throw tooLong(keyword, uid.length, limits.maxUidLength);
  if (!limits.uid.test(uid)) throw new DicomError(`DICOM attribute ${keyword} is not a valid UID: ${uid}`);
  return uid;
}

const tooLong = (keyword: string, length: number, limit: number): DicomError =>
  new DicomError(`DICOM attribute ${keyword} has ${length} characters, at most ${limit} are allowed`);
