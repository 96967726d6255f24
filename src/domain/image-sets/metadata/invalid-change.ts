import { DicomError } from "../../../imaging/dicom/dicom-error.ts";
import { toMessage } from "../../../api/message.ts";

/** A change to an image set that was accepted and cannot be done: it ends in a `..._FAILED` status. */
export class InvalidChange extends Error {}

/** As the service begins such a message (service-facts 3.4), with its two spaces. */
const PREFIX = "INVALID_REQUEST:  ";

/** What `message` of the image set says; undefined where the change is not to blame. */
export function messageOf(error: unknown): string | undefined {
  if (error instanceof InvalidChange || error instanceof DicomError) return toMessage(PREFIX + error.message);
  return undefined;
}

/** Assumed: of a failure that is the emulator's own. */
export const INTERNAL_FAILURE = "INTERNAL_ERROR:  An unexpected error occurred.";
