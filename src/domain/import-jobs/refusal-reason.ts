/** Longer ones would make a line of the log unreadable. */
const MAX_LENGTH = 80;

/** What of a message repeats the file, and what only explains: neither is part of the reason. */
const CUTS: readonly RegExp[] = [
  /^DICOM attribute (?=\w+[ :])/,
  /(?<=is not a valid UID):.*$/s,
  /(?<=could not be processed):.*$/s,
  /(?<=^Not read from the input bucket):.*$/s,
  /(?: is| are)? not supported.*$/s,
  / found, (?:but|expected).*$/s,
  /(?<=\d), expected .*$/s,
];

/** A file that was not imported: what failure.ndjson says, and the scenario's doing that it is. */
interface Refusal {
  readonly message: string;
  /** `scenario/rule#hit` */
  readonly fault?: string | undefined;
}

/**
 * Why a file was refused, in a few words that files refused for the same reason share: `BitsAllocated 32`,
 * `StudyInstanceUID does not exist`. Without patient data and without what the file is called.
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

/** Values of a file that may be any text. */
const withoutValues = (message: string): string =>
  withoutUids(
    message
      .replace(PHOTOMETRY, (value) => (TERMS.has(value) ? value : UNKNOWN))
      .replace(TRANSFER_SYNTAX, (value) => (/^[\d.]+$/.test(value) ? value : UNKNOWN)),
  );

const UNKNOWN = "(unknown)";
const TRANSFER_SYNTAX = /(?<=^Transfer syntax ).*(?= is not )/s;

/** The whole value, whatever is in it: the longest text before the words that the message goes on with. */
const PHOTOMETRY =
  /(?<=\bPhotometricInterpretation )(?:.*(?= with SamplesPerPixel )|.*(?= found, but )|.*(?= is not ))/s;

/** PS3.3 C.7.6.3.1.2, and the word of a message for a value that is empty. */
const TERMS: ReadonlySet<string> = new Set([
  ..."MONOCHROME1,MONOCHROME2,PALETTE COLOR,RGB,HSV,ARGB,CMYK,XYB".split(","),
  ..."YBR_FULL,YBR_FULL_422,YBR_PARTIAL_422,YBR_PARTIAL_420,YBR_ICT,YBR_RCT".split(","),
  "(empty)",
]);

/** UIDs are those of a patient's study, but for the standard's own. */
export const withoutUids = (text: string): string =>
  text.replace(/(?<![\d.])(?!1\.2\.840\.10008\.)\d+(?:\.\d+){3,}/g, "...");
