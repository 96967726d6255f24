/** A longer reason would make a log line unreadable. */
const MAX_LENGTH = 80;

/** Parts of a message that repeat the file or explain: they are not part of the reason. */
const CUTS: readonly RegExp[] = [
  /^DICOM attribute (?=\w+[ :])/,
  /(?<=is not a valid UID):.*$/s,
  /(?<=could not be processed):.*$/s,
  /(?<=^Not read from the input bucket):.*$/s,
  /(?: is| are)? not supported.*$/s,
  / found, (?:but|expected).*$/s,
  /(?<=\d), expected .*$/s,
];

/** A file that was not imported: its entry in failure.ndjson, and the scenario that caused it. */
interface Refusal {
  readonly message: string;
  /** `scenario/rule#hit` */
  readonly fault?: string | undefined;
}

/**
 * Why a file was refused, in a few words that all files refused for the same reason share: `BitsAllocated
 * 32`, `StudyInstanceUID does not exist`. Without patient data and without the file's name.
 */
export function refusalReason({ message, fault }: Refusal): string {
  const reason = shorten(message);
  return fault === undefined ? reason : `${reason} [fault ${fault.replace(/#\d+$/, "")}]`;
}

function shorten(message: string): string {
  if (/binary segmentation/i.test(message)) return "binary segmentation";
  const reason = CUTS.reduce((text, cut) => text.replace(cut, ""), withoutValues(message));
  return reason.length > MAX_LENGTH ? `${reason.slice(0, MAX_LENGTH)}...` : reason;
}

/** Removes values of a file, which may be any text. */
const withoutValues = (message: string): string =>
  withoutUids(
    message
      .replace(PHOTOMETRY, (value) => (TERMS.has(value) ? value : UNKNOWN))
      .replace(TRANSFER_SYNTAX, (value) => (/^[\d.]+$/.test(value) ? value : UNKNOWN)),
  );

const UNKNOWN = "(unknown)";
const TRANSFER_SYNTAX = /(?<=^Transfer syntax ).*(?= is not )/s;

/** Matches the entire value, whatever it contains: the longest match before the next words of the message. */
const PHOTOMETRY =
  /(?<=\bPhotometricInterpretation )(?:.*(?= with SamplesPerPixel )|.*(?= found, but )|.*(?= is not ))/s;

/** Defined terms of PS3.3 C.7.6.3.1.2, and the message's word for an empty value. */
const TERMS: ReadonlySet<string> = new Set([
  ..."MONOCHROME1,MONOCHROME2,PALETTE COLOR,RGB,HSV,ARGB,CMYK,XYB".split(","),
  ..."YBR_FULL,YBR_FULL_422,YBR_PARTIAL_422,YBR_PARTIAL_420,YBR_ICT,YBR_RCT".split(","),
  "(empty)",
]);

/** Removes UIDs, which identify a patient's study, except those of the standard. */
export const withoutUids = (text: string): string =>
  text.replace(/(?<![\d.])(?!1\.2\.840\.10008\.)\d+(?:\.\d+){3,}/g, "...");
