/** Longer ones would make a line of the log unreadable. */
const MAX_LENGTH = 80;

/** What of a message repeats the file, and what only explains: neither is part of the reason. */
const CUTS: readonly RegExp[] = [
  /^DICOM attribute (?=\w+[ :])/,
  /(?<=is not a valid UID):.*$/,
  /(?<=could not be processed):.*$/,
  /(?<=^Not read from the input bucket):.*$/,
  /(?: is| are)? not supported.*$/,
  / found, (?:but|expected).*$/,
  /(?<=\d), expected .*$/,
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
  withoutUids(message.replace(OTHER_PHOTOMETRY, "$1(unknown)"));

/** The terms of PS3.3 C.7.6.3.1.2; "(empty)", of which a message keeps the word, is none of them. */
const OTHER_PHOTOMETRY =
  /(PhotometricInterpretation )(?!MONOCHROME[12]\b|PALETTE COLOR\b|RGB\b|YBR_|HSV\b|ARGB\b|CMYK\b|.empty)[^,]*?(?= with | is | found)/;

/** UIDs are those of a patient's study, but for the standard's own. */
export const withoutUids = (text: string): string =>
  text.replace(/(?<![\d.])(?!1\.2\.840\.10008\.)\d+(?:\.\d+){3,}/g, "...");
