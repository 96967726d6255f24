/** What an import takes of the elements that identify patients, studies, series and instances. */
export interface ValueLimits {
  /** Characters, by keyword. */
  readonly maxLengths: Readonly<Record<string, number>>;
  /** The maximum values of counts, by keyword. */
  readonly maxValues: Readonly<Record<string, number>>;
  /** What the UID of a study, a series or an instance consists of. */
  readonly uid: RegExp;
  readonly maxUidLength: number;
}

/** PS3.5 9.1. */
export const VALID_UID = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/;

/** Of the guide (facts: import-jobs#longest-values). */
export const GUIDE_VALUE_LIMITS: ValueLimits = {
  maxLengths: {
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
  },
  maxValues: { NumberOfStudyRelatedSeries: 10_000, NumberOfStudyRelatedInstances: 10_000 },
  uid: VALID_UID,
  maxUidLength: 64,
};

/**
 * Of the service that takes what deviates from DICOM
 * (https://docs.aws.amazon.com/healthimaging/latest/devguide/dicom-element-constraints.html).
 * Assumed: loose-uids. A UID that names a study, a series or an instance consists of digits and dots, since no
 * input of the API can have others.
 */
export const LOOSE_VALUE_LIMITS: ValueLimits = {
  maxLengths: {
    ...GUIDE_VALUE_LIMITS.maxLengths,
    PatientID: 256,
    StudyInstanceUID: 256,
    StudyID: 256,
    StudyDescription: 256,
    AccessionNumber: 256,
    SOPInstanceUID: 256,
    SeriesInstanceUID: 256,
  },
  maxValues: { NumberOfStudyRelatedSeries: 1_000_000, NumberOfStudyRelatedInstances: 1_000_000 },
  uid: /^[\d.]+$/,
  maxUidLength: 256,
};
