import { PixelError } from "./pixel-error.ts";

/**
 * The layout of one frame's bytes: the Image Pixel Module's attributes (DICOM PS3.3 C.7.6.3) under their
 * keywords, Pixel Representation as `isSigned`.
 */
export interface FrameShape {
  /** Pixels from top to bottom, 1 to 65535. */
  readonly rows: number;
  /** Pixels from left to right, 1 to 65535. */
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  /** The highest of the stored bits, counted from 0. */
  readonly highBit: number;
  readonly isSigned: boolean;
  /** 0: R1 G1 B1 R2 G2 B2 ...; 1: all R, all G, all B. Not significant with one sample a pixel. */
  readonly planarConfiguration: number;
  readonly photometricInterpretation: string;
}

/** The photometric interpretations for each number of samples per pixel. Samples are never converted. */
const PHOTOMETRIC_INTERPRETATIONS: Readonly<Record<number, readonly string[]>> = {
  1: ["MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"],
  3: ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_RCT", "YBR_ICT"],
};

/** The maximum bytes of one frame's samples: more than any codec here can process. */
const MAX_BYTE_LENGTH = 2 ** 30;

/** Throws a PixelError that names the first unsupported attribute. */
export function checkFrameShape(shape: FrameShape): void {
  checkBitsAllocated(shape.bitsAllocated);
  checkRange("BitsStored", shape.bitsStored, 1, shape.bitsAllocated);
  checkRange("HighBit", shape.highBit, shape.bitsStored - 1, shape.bitsAllocated - 1);
  checkRange("Rows", shape.rows, 1, 65_535);
  checkRange("Columns", shape.columns, 1, 65_535);
  checkSamples(shape);
  checkSize(shape);
}

function checkBitsAllocated(bitsAllocated: number): void {
  if (bitsAllocated === 1) {
    throw new PixelError(
      "BitsAllocated 1 found, expected 8 or 16: binary segmentation is not supported by the service",
    );
  }
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw new PixelError(`BitsAllocated ${bitsAllocated} is not supported, expected 8 or 16`);
  }
}

function checkRange(keyword: string, value: number, lowest: number, highest: number): void {
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new PixelError(`${keyword} ${value} is not supported, expected ${lowest} to ${highest}`);
  }
}

function checkSamples(shape: FrameShape): void {
  const { samplesPerPixel, planarConfiguration, photometricInterpretation } = shape;
  const supported = PHOTOMETRIC_INTERPRETATIONS[samplesPerPixel];
  if (supported === undefined) {
    throw new PixelError(`SamplesPerPixel ${samplesPerPixel} is not supported, expected 1 or 3`);
  }
  if (!supported.includes(photometricInterpretation)) {
    throw new PixelError(
      `PhotometricInterpretation ${photometricInterpretation || "(empty)"} with SamplesPerPixel ` +
        `${samplesPerPixel} is not supported, expected ${supported.join(" or ")}`,
    );
  }
  if (samplesPerPixel > 1) checkRange("PlanarConfiguration", planarConfiguration, 0, 1);
}

/** Before memory is allocated. */
function checkSize({ columns, rows, samplesPerPixel, bitsAllocated }: FrameShape): void {
  const byteLength = columns * rows * samplesPerPixel * (bitsAllocated / 8);
  if (byteLength > MAX_BYTE_LENGTH) {
    throw new PixelError(
      `a frame of ${columns}x${rows}x${samplesPerPixel} samples has ${byteLength} bytes, ` +
        `at most ${MAX_BYTE_LENGTH} are supported`,
    );
  }
}
