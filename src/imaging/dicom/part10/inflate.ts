import { type InflateRaw, inflateRawSync, type ZlibOptions } from "node:zlib";
import { errorMessage } from "../../../api/error-message.ts";
import { DicomError } from "../dicom-error.ts";
import { errorCode } from "../../../api/error-code.ts";

/** Blank images shrink a thousandfold, so this much is always allowed. */
const ALWAYS_ALLOWED = 64 * 2 ** 20;
/** Real data sets reach only a few. */
const LARGEST_RATIO = 32;
/** Bytes of the checksum and length that the zlib and gzip formats add after deflated data. */
const LONGEST_TRAILER = 8;

/**
 * Inflates the data set of Deflated Explicit VR Little Endian (PS3.5 A.5, RFC 1951). What would take
 * far more memory than a real data set is refused while it does not yet. Throws DicomError.
 *
 * Assumed: after-deflated. What follows is padding where it is zeros or no longer than a checksum; more may be
 * the rest of the data set, deflated by itself.
 */
export function inflateDataSet(deflated: Uint8Array): Uint8Array {
  const maxOutputLength = Math.max(ALWAYS_ALLOWED, deflated.length * LARGEST_RATIO);
  try {
    const { buffer, engine } = inflate(deflated, { maxOutputLength, chunkSize: 2 ** 18 });
    checkTrailer(deflated.subarray(engine.bytesWritten));
    return new Uint8Array(buffer);
  } catch (cause) {
    if (cause instanceof DicomError) throw cause;
    throw new DicomError(`DICOM data set cannot be inflated: ${reasonOf(cause, maxOutputLength)}`, { cause });
  }
}

/** With `info` the result says how much of the input was read; its type does not include that. */
function inflate(deflated: Uint8Array, options: ZlibOptions): Inflated {
  const answer: unknown = inflateRawSync(deflated, { ...options, info: true });
  if (!isInflated(answer)) throw new Error("zlib does not report how much it read");
  return answer;
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: Pick<InflateRaw, "bytesWritten">;
}

const isInflated = (answer: unknown): answer is Inflated =>
  typeof answer === "object" && answer !== null && "buffer" in answer && "engine" in answer;

function checkTrailer(trailer: Uint8Array): void {
  if (trailer.length <= LONGEST_TRAILER || trailer.every((byte) => byte === 0)) return;
  throw new DicomError(
    `DICOM data set cannot be inflated: expected its end, got ${trailer.length} more bytes after it`,
  );
}

function reasonOf(cause: unknown, maxOutputLength: number): string {
  const code = errorCode(cause);
  if (code === "ERR_BUFFER_TOO_LARGE") return `it has more than ${maxOutputLength} bytes`;
  if (code === "Z_BUF_ERROR") return "it is truncated";
  return errorMessage(cause);
}
