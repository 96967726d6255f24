import type { Attributes } from "../../domain/image-sets/metadata/metadata-document.ts";
import type { Codestream } from "../../imaging/pixels/htj2k/codestream.ts";
import { HTJ2K_LOSSLESS_RPCL } from "../../api/transfer-syntaxes.ts";
import type { OfferedTransferSyntax } from "./accept.ts";

/** How the samples are laid out that are sent. */
export interface SentImage {
  readonly header: Codestream;
  readonly bitsAllocated: number;
  readonly frameCount: number;
  readonly transferSyntaxUID: OfferedTransferSyntax;
}

/**
 * The Image Pixel Module of what is sent (PS3.3 C.7.6.3): the metadata keeps that of the file which
 * was imported, while frames are stored normalised: BitsStored bits from bit 0, interleaved, chroma in
 * full resolution, colours as decoded.
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

/** What full resolution, or the inverse of the colour transform, made of an original's. */
const STORED_AS: Readonly<Record<string, string>> = {
  YBR_FULL_422: "YBR_FULL",
  YBR_RCT: "RGB",
  YBR_ICT: "RGB",
};

/**
 * RGB whose codestream uses the reversible colour transform is YBR_RCT (PS3.5 8.2.4).
 * Assumed: ybr-full-stays. YBR_FULL stays so where the codestream transforms it once more, since that is
 * what decoding gives.
 */
function photometricInterpretation(attributes: Attributes, image: SentImage): string {
  const { PhotometricInterpretation } = attributes;
  const original = typeof PhotometricInterpretation === "string" ? PhotometricInterpretation : "";
  const stored = fitting(STORED_AS[original] ?? original, attributes, image);
  const isTransformed = image.transferSyntaxUID === HTJ2K_LOSSLESS_RPCL && image.header.isUsingColorTransform;
  return stored === "RGB" && isTransformed ? "YBR_RCT" : stored;
}

/** An update may have said what the samples cannot be: then they are what any such samples are. */
function fitting(stored: string, attributes: Attributes, { header: { componentCount } }: SentImage): string {
  if (componentCount > 1) return stored.startsWith("YBR_") ? stored : "RGB";
  const isPalette = stored === "PALETTE COLOR" && "RedPaletteColorLookupTableDescriptor" in attributes;
  return isPalette || stored === "MONOCHROME1" ? stored : "MONOCHROME2";
}
