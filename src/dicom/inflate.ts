import { inflateRawSync } from "node:zlib";
import { DicomError } from "./dicom-error.ts";
import { errorCode } from "../api/error-code.ts";

/** Blank images shrink a thousandfold, so that much is allowed whatever it was deflated from. */
const ALWAYS_ALLOWED = 64 * 2 ** 20;
/** Of real data sets a few. */
const LARGEST_RATIO = 32;

/**
 * Inflates the data set of Deflated Explicit VR Little Endian (PS3.5 A.5, RFC 1951). What would take
 * far more memory than a real data set is refused while it does not yet. Throws DicomError.
 */
export function inflateDataSet(deflated: Uint8Array): Uint8Array {
  const maxOutputLength = Math.max(ALWAYS_ALLOWED, deflated.length * LARGEST_RATIO);
  try {
    return new Uint8Array(inflateRawSync(deflated, { maxOutputLength, chunkSize: 2 ** 18 }));
  } catch (cause) {
    throw new DicomError(`DICOM data set cannot be inflated: ${reasonOf(cause, maxOutputLength)}`, { cause });
  }
}

function reasonOf(cause: unknown, maxOutputLength: number): string {
  const code = errorCode(cause);
  if (code === "ERR_BUFFER_TOO_LARGE") return `it has more than ${maxOutputLength} bytes`;
  if (code === "Z_BUF_ERROR") return "it is truncated";
  return cause instanceof Error ? cause.message : String(cause);
}
