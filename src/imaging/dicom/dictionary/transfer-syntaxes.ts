import { DicomError } from "../dicom-error.ts";

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  /** Pixel data lies in fragments, compressed (PS3.5 A.4). */
  readonly isEncapsulated: boolean;
}

export const IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2";
const EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
export const DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1.99";
export const EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2";

/** The 16 that an import job accepts, in the words of the guide (facts: import-jobs#transfer-syntaxes). */
const NAMES: ReadonlyMap<string, string> = new Map([
  [IMPLICIT_VR_LITTLE_ENDIAN, "Implicit VR Little Endian"],
  [EXPLICIT_VR_LITTLE_ENDIAN, "Explicit VR Little Endian"],
  [DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, "Deflated Explicit VR Little Endian"],
  [EXPLICIT_VR_BIG_ENDIAN, "Explicit VR Big Endian"],
  ["1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)"],
  ["1.2.840.10008.1.2.4.51", "JPEG Extended (Processes 2 and 4)"],
  ["1.2.840.10008.1.2.4.57", "JPEG Lossless, Non-Hierarchical (Process 14)"],
  [
    "1.2.840.10008.1.2.4.70",
    "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1)",
  ],
  ["1.2.840.10008.1.2.4.80", "JPEG-LS Lossless"],
  ["1.2.840.10008.1.2.4.81", "JPEG-LS Lossy (Near-Lossless)"],
  ["1.2.840.10008.1.2.4.90", "JPEG 2000 (Lossless Only)"],
  ["1.2.840.10008.1.2.4.91", "JPEG 2000"],
  ["1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 (Lossless Only)"],
  ["1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)"],
  ["1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000"],
  ["1.2.840.10008.1.2.5", "RLE Lossless"],
]);

const NATIVE: ReadonlySet<string> = new Set([
  IMPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
]);

/** Throws DicomError for a syntax that the service does not import. */
export function acceptedTransferSyntax(uid: string): TransferSyntax {
  const name = NAMES.get(uid);
  if (name === undefined) {
    throw new DicomError(`Transfer syntax ${uid.slice(0, 64)} is not supported by the service`);
  }
  return { uid, name, isEncapsulated: !NATIVE.has(uid) };
}
