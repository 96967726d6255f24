import dicomParser from "dicom-parser";
import { nameOf } from "./dictionary.ts";
import { DicomError } from "./dicom-error.ts";

/** VRs newer than dicom-parser's table of those with a 4-byte length (PS3.5 7.1.2). */
const LONG_FORM: ReadonlySet<string> = new Set(["OV", "SV", "UV"]);

/** An element says it is longer than what is left of the file. */
class Overrun extends Error {
  constructor(expectedByteLength: number, actualByteLength: number) {
    super(`expected ${expectedByteLength} bytes, got ${actualByteLength}`);
  }
}

/**
 * dicom-parser's stream with two differences: it throws where it would pass the end of
 * the file (the library goes on and reports elements that are not there), and it shows VRs the
 * library does not know as UN, which is laid out the same.
 */
export class BoundedStream extends dicomParser.ByteStream {
  constructor(bytes: Uint8Array, position: number, isBigEndian = false) {
    const { bigEndianByteArrayParser, littleEndianByteArrayParser } = dicomParser;
    super(isBigEndian ? bigEndianByteArrayParser : littleEndianByteArrayParser, bytes, position);
  }

  // Arrow properties, because the library declares its methods as properties.
  override seek = (offset: number): void => {
    const available = this.byteArray.length - this.position;
    if (offset > available) throw new Overrun(offset, available);
    this.position += offset;
  };

  override readFixedString = (length: number): string => {
    const text = dicomParser.readFixedString(this.byteArray, this.position, length);
    this.position += length;
    return LONG_FORM.has(text) ? "UN" : text;
  };
}

/**
 * Whatever was thrown on reading the element of this tag, as a DicomError. dicom-parser throws
 * strings and errors that open with the name of the function they come from.
 */
export function unreadable(tag: string, error: unknown): DicomError {
  if (error instanceof DicomError) return error;
  const attribute = `DICOM attribute ${nameOf(tag)}`;
  const options = { cause: error };
  if (error instanceof Overrun) {
    return new DicomError(`${attribute} is truncated: ${error.message}`, options);
  }
  if (error instanceof RangeError) {
    return new DicomError(`${attribute} cannot be read: nested too deeply`, options);
  }
  const reason = (error instanceof Error ? error.message : String(error)).replace(/^[\w.:]+: /, "");
  // The library's words for what goes on after the end of the file.
  if (/maxP|past end of buffer|^eof/.test(reason)) {
    return new DicomError(`${attribute} is truncated: the file ends within it`, options);
  }
  return new DicomError(`${attribute} cannot be read: ${reason}`, options);
}
