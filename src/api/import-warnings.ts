/**
 * The Warning Reasons (0008,1196) of imported files, by the type that warning.ndjson has
 * (https://docs.aws.amazon.com/healthimaging/latest/devguide/reference-warning-codes.html).
 */
export const WARNING_CODES = {
  CoercionOfDataElements: 0xb000,
  ElementsDiscarded: 0xb006,
  SopClassDataMismatch: 0xb007,
  FrameNumberMismatch: 0xb111,
  InvalidOffsetTable: 0xb112,
  // The hexadecimal codes of the page are one less than its decimal ones, which warning.ndjson has.
  InvalidUidFormat: 45570,
  InvalidDicomValueLength: 45571,
  Other: 47513,
} as const;

export type ImportWarningType = keyof typeof WARNING_CODES;

/** Something about an imported file that is not as it should be, as in warning.ndjson. */
export interface ImportWarning {
  readonly type: ImportWarningType;
  readonly message: string;
}
