export const IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2";
export const EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
export const DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1.99";
export const EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2";
export const HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202";

/**
 * How pixel data is encoded. `native` is uncompressed; all others are encapsulated in fragments (PS3.5 A.4),
 * and each has a decoder (`SourceDecoders`) and a memory factor (`memoryOfFrame`).
 */
export type PixelCoding = "native" | "JPEG" | "JPEG-LS" | "JPEG 2000" | "RLE";

interface Described {
  /** The guide's name for it. */
  readonly name: string;
  readonly coding: PixelCoding;
  /** A codestream may be lossy even if it looks lossless: it may have been truncated to a size. */
  readonly mayLose?: true;
}

/**
 * The syntaxes that an import job accepts (facts: import-jobs#transfer-syntaxes). This is the only table of
 * them.
 */
export const TRANSFER_SYNTAXES = {
  [IMPLICIT_VR_LITTLE_ENDIAN]: { name: "Implicit VR Little Endian", coding: "native" },
  [EXPLICIT_VR_LITTLE_ENDIAN]: { name: "Explicit VR Little Endian", coding: "native" },
  [DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN]: { name: "Deflated Explicit VR Little Endian", coding: "native" },
  [EXPLICIT_VR_BIG_ENDIAN]: { name: "Explicit VR Big Endian", coding: "native" },
  "1.2.840.10008.1.2.4.50": { name: "JPEG Baseline (Process 1)", coding: "JPEG" },
  "1.2.840.10008.1.2.4.51": { name: "JPEG Extended (Processes 2 and 4)", coding: "JPEG" },
  "1.2.840.10008.1.2.4.57": { name: "JPEG Lossless, Non-Hierarchical (Process 14)", coding: "JPEG" },
  "1.2.840.10008.1.2.4.70": {
    name: "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1)",
    coding: "JPEG",
  },
  "1.2.840.10008.1.2.4.80": { name: "JPEG-LS Lossless", coding: "JPEG-LS" },
  "1.2.840.10008.1.2.4.81": { name: "JPEG-LS Lossy (Near-Lossless)", coding: "JPEG-LS", mayLose: true },
  "1.2.840.10008.1.2.4.90": { name: "JPEG 2000 (Lossless Only)", coding: "JPEG 2000" },
  "1.2.840.10008.1.2.4.91": { name: "JPEG 2000", coding: "JPEG 2000", mayLose: true },
  "1.2.840.10008.1.2.4.201": { name: "High-Throughput JPEG 2000 (Lossless Only)", coding: "JPEG 2000" },
  [HTJ2K_LOSSLESS_RPCL]: {
    name: "High-Throughput JPEG 2000 with RPCL Options (Lossless Only)",
    coding: "JPEG 2000",
  },
  "1.2.840.10008.1.2.4.203": { name: "High-Throughput JPEG 2000", coding: "JPEG 2000", mayLose: true },
  "1.2.840.10008.1.2.5": { name: "RLE Lossless", coding: "RLE" },
} as const satisfies Readonly<Record<string, Described>>;

type Table = typeof TRANSFER_SYNTAXES;
export type TransferSyntaxUid = keyof Table;

/** UIDs of the syntaxes with compressed pixel data. */
export type EncapsulatedUid = {
  [Uid in TransferSyntaxUid]: Table[Uid]["coding"] extends "native" ? never : Uid;
}[TransferSyntaxUid];

export const isTransferSyntaxUid = (uid: string): uid is TransferSyntaxUid =>
  Object.hasOwn(TRANSFER_SYNTAXES, uid);

export const isEncapsulatedUid = (uid: TransferSyntaxUid): uid is EncapsulatedUid =>
  TRANSFER_SYNTAXES[uid].coding !== "native";

/** The table's row for a syntax. */
export const describeTransferSyntax = (uid: TransferSyntaxUid): Described => TRANSFER_SYNTAXES[uid];
