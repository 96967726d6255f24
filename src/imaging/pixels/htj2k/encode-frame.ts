import type { Codec } from "../codecs/codec.ts";
import { decodeFrame } from "./decode-frame.ts";
import { encodeCodestream } from "./encode-codestream.ts";
import { extent, rangeOf } from "../extent.ts";
import { checkFrameShape, type FrameShape } from "../frame-shape.ts";
import { PixelError } from "../pixel-error.ts";
import { type ResolutionSize, resolutionLevels } from "./resolution-levels.ts";
import { checksum, equalSamples, type Samples, widenSamples } from "../samples.ts";

/** One entry of the metadata's PixelDataChecksumFromBaseToFullResolution. */
export interface FrameLevel extends ResolutionSize {
  /**
   * CRC-32 of this resolution's samples as a decoder of the codestream returns them: one byte a sample up to
   * 8 bits stored, else two.
   * Assumed: checksum-sample-size. Also if BitsAllocated is wider: the guide's C++ example sizes samples by
   * the precision of the codestream.
   */
  readonly checksum: number;
}

/** A stored frame, with its part of the metadata. */
export interface EncodedFrame {
  /** Lossless HTJ2K in RPCL order, for transfer syntax 1.2.840.10008.1.2.4.202. */
  readonly codestream: Uint8Array;
  /** From base to full resolution, or the full one alone. */
  readonly levels: readonly FrameLevel[];
  /** The minimum of all stored samples, not rescaled. */
  readonly minPixelValue: number;
  readonly maxPixelValue: number;
  /** CRC-32 of the full resolution's samples, as wide as BitsAllocated. */
  readonly decodedByteLength: number;
}

/**
 * Encodes the normalised samples of one frame and verifies the result: the codestream is decoded again, and
 * samples that differ from `samples` are a PixelError, as is an unsupported shape.
 * @param isFullOnly the lower resolutions have no checksums
 */
export function encodeFrame(
  samples: Samples,
  shape: FrameShape,
  codec: Codec,
  isFullOnly = false,
): EncodedFrame {
  checkFrameShape(shape);
  checkLength(samples, shape);
  const { min: minPixelValue, max: maxPixelValue } = extent(samples);
  checkRange(minPixelValue, maxPixelValue, shape);
  const codestream = encodeCodestream(samples, shape, codec);
  const levels = verifiedLevels(codestream, samples, shape, codec, isFullOnly);
  return { codestream, levels, minPixelValue, maxPixelValue, decodedByteLength: samples.byteLength };
}

function checkLength(samples: Samples, { columns, rows, samplesPerPixel }: FrameShape): void {
  const wanted = columns * rows * samplesPerPixel;
  if (samples.length !== wanted) {
    throw new PixelError(
      `expected ${wanted} samples (${columns}x${rows}x${samplesPerPixel}), got ${samples.length}`,
    );
  }
}

/** Decoders may clip values beyond the precision of a codestream. */
function checkRange(min: number, max: number, { bitsStored, isSigned }: FrameShape): void {
  const { lowest, highest } = rangeOf(bitsStored, isSigned);
  if (min < lowest || max > highest) {
    throw new PixelError(`expected samples from ${lowest} to ${highest}, got ${min} to ${max}`);
  }
}

/** Decodes the codestream once for each listed resolution. */
function verifiedLevels(
  codestream: Uint8Array,
  source: Samples,
  { columns, rows, bitsAllocated }: FrameShape,
  codec: Codec,
  isFullOnly: boolean,
): FrameLevel[] {
  const all = resolutionLevels(columns, rows);
  const sizes = isFullOnly ? all.slice(-1) : all;
  return sizes.map((size, index) => {
    const reduction = sizes.length - 1 - index;
    const { samples } = decodeFrame(codestream, codec, reduction);
    if (reduction === 0) requireEqual(source, widenSamples(samples, bitsAllocated));
    return { ...size, checksum: checksum(samples) };
  });
}

/**
 * Equal samples have equal checksums, which the service compares (facts: frames#checksums); this is faster
 * and strict.
 */
function requireEqual(source: Samples, stored: Samples): void {
  if (equalSamples(source, stored)) return;
  const [wanted, found] = [checksum(source), checksum(stored)];
  throw new PixelError(`expected the stored frame to decode to CRC-32 ${wanted}, got ${found}`);
}
