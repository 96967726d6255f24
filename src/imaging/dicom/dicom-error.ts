/**
 * A file that cannot be imported: what was found and what was wanted. The message becomes a line of
 * failure.ndjson, so it keeps to the characters of a message (facts: errors#characters-of-a-message)
 * and never shows patient data; UIDs it may show.
 */
export class DicomError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/[^\w -:]/g, ".").slice(0, MAX_MESSAGE_LENGTH), options);
    this.name = "DicomError";
  }
}

const MAX_MESSAGE_LENGTH = 2048;

/**
 * What the service says of a file that is not DICOM, or holds no data set
 * (facts: import-jobs#messages-of-files).
 */
export const notDicom = (): DicomError => new DicomError("DICOM attributes does not exist");

/** The service's message for a file that lacks a required attribute (facts: import-jobs#messages-of-files). */
export const missingAttribute = (keyword: string): DicomError =>
  new DicomError(`DICOM attribute ${keyword} does not exist`);
