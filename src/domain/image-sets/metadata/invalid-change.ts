import { DicomError } from "../../../imaging/dicom/dicom-error.ts";
import { toMessage } from "../../../api/message.ts";

/** A change to an image set that was accepted and cannot be done: it ends in a `..._FAILED` status. */
export class InvalidChange extends Error {}

/**
 * As the service begins the message of a failed copy, with its two spaces
 * (facts: image-sets#message-of-a-failed-copy).
 * Assumed: update-failed-message. That of a failed update begins so too; what follows is ours.
 */
const PREFIX = "INVALID_REQUEST:  ";

/** The image set's `message`; undefined where the change is not the cause. */
export function changeMessageOf(error: unknown): string | undefined {
  if (error instanceof InvalidChange || error instanceof DicomError) return toMessage(PREFIX + error.message);
  return undefined;
}

/** Assumed: internal-failure-message. The message of a failure that is the emulator's own. */
export const INTERNAL_FAILURE = "INTERNAL_ERROR:  An unexpected error occurred.";
