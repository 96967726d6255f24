import { DicomError } from "../../../imaging/dicom/dicom-error.ts";
import { toMessage } from "../../../api/message.ts";

/** An accepted change to an image set that cannot be performed: it ends in a `..._FAILED` status. */
export class InvalidChange extends Error {}

/**
 * The prefix of a failed copy's message, with the service's two spaces
 * (facts: image-sets#message-of-a-failed-copy).
 * Assumed: update-failed-message. The message of a failed update begins in the same way; the rest is ours.
 */
const PREFIX = "INVALID_REQUEST:  ";

/** The image set's `message`; undefined if the change is not the cause. */
export function changeMessageOf(error: unknown): string | undefined {
  if (error instanceof InvalidChange || error instanceof DicomError) return toMessage(PREFIX + error.message);
  return undefined;
}

/** Assumed: internal-failure-message. The message of a failure of the emulator itself. */
export const INTERNAL_FAILURE = "INTERNAL_ERROR:  An unexpected error occurred.";
