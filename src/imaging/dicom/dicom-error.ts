/**
 * A file that cannot be imported: what was found and what was expected. The message becomes a line of
 * failure.ndjson, so it uses the characters of a message (facts: errors#characters-of-a-message) and never
 * contains patient data; it may contain UIDs.
 */
export class DicomError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/[^\w -:]/g, ".").slice(0, MAX_MESSAGE_LENGTH), options);
    this.name = "DicomError";
  }
}

/** Something that AWS may import today, and the emulator cannot. */
export class UnsupportedError extends DicomError {
  readonly what: string;

  /** @param by who does not support it */
  constructor(what: string, by = "the service") {
    super(`${what} is not supported by ${by}`);
    this.what = what;
  }
}

const MAX_MESSAGE_LENGTH = 2048;

/**
 * The service's message for a file that is not DICOM, or has no data set
 * (facts: import-jobs#messages-of-files).
 */
export const notDicom = (): DicomError => new DicomError("DICOM attributes does not exist");

/** The service's message for a file that lacks a required attribute (facts: import-jobs#messages-of-files). */
export const missingAttribute = (keyword: string): DicomError =>
  new DicomError(`DICOM attribute ${keyword} does not exist`);
