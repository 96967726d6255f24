import type { Attributes } from "../../../domain/image-sets/metadata/metadata-document.ts";
import type { Codestream } from "../../../imaging/pixels/htj2k/codestream.ts";
import { HTJ2K_LOSSLESS_RPCL } from "../../../api/transfer-syntaxes.ts";
import type { OfferedTransferSyntax } from "../accept.ts";

/** The layout of the sent samples. */
export interface SentImage {
  readonly header: Codestream;
  readonly bitsAllocated: number;
  readonly frameCount: number;
  readonly transferSyntaxUID: OfferedTransferSyntax;
}

/**
 * The Image Pixel Module of the sent frames (PS3.3 C.7.6.3). The metadata describes the imported file, while
 * frames are stored normalised: BitsStored bits from bit 0, interleaved, chroma in full resolution, colours
 * as decoded.
 */
export function imageAttributes(attributes: Attributes, image: SentImage): Attributes {
  const { header, bitsAllocated, frameCount } = image;
  const { componentCount, bitsPerSample } = header;
  return {
    SamplesPerPixel: componentCount,
    PhotometricInterpretation: photometricInterpretation(attributes, image),
    Rows: header.height,
    Columns: header.width,
    BitsAllocated: bitsAllocated,
    BitsStored: bitsPerSample,
    HighBit: bitsPerSample - 1,
    PixelRepresentation: header.isSigned ? 1 : 0,
    ...(componentCount > 1 ? { PlanarConfiguration: 0 } : {}),
    ...(frameCount > 1 || attributes["NumberOfFrames"] !== undefined
      ? { NumberOfFrames: String(frameCount) }
      : {}),
  };
}

/** What full resolution, or the inverse colour transform, makes of the original. */
const STORED_AS: Readonly<Record<string, string>> = {
  YBR_FULL_422: "YBR_FULL",
  YBR_RCT: "RGB",
  YBR_ICT: "RGB",
};

/**
 * RGB whose codestream uses the reversible colour transform is YBR_RCT (PS3.5 8.2.4).
 * Assumed: ybr-full-stays. YBR_FULL stays if the codestream transforms it again, since that is what
 * decoding returns.
 */
function photometricInterpretation(attributes: Attributes, image: SentImage): string {
  const { PhotometricInterpretation } = attributes;
  const original = typeof PhotometricInterpretation === "string" ? PhotometricInterpretation : "";
  const stored = fitting(STORED_AS[original] ?? original, attributes, image);
  const isTransformed = image.transferSyntaxUID === HTJ2K_LOSSLESS_RPCL && image.header.isUsingColorTransform;
  return stored === "RGB" && isTransformed ? "YBR_RCT" : stored;
}

/**
 * An update may have set a value that the samples cannot have: then the usual value for such samples is sent.
 */
function fitting(stored: string, attributes: Attributes, { header: { componentCount } }: SentImage): string {
  if (componentCount > 1) return stored.startsWith("YBR_") ? stored : "RGB";
  const isPalette = stored === "PALETTE COLOR" && "RedPaletteColorLookupTableDescriptor" in attributes;
  return isPalette || stored === "MONOCHROME1" ? stored : "MONOCHROME2";
}
