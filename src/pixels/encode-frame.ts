import type { Codec } from "./codec.ts";
import { decodeFrame } from "./decode-frame.ts";
import { encodeCodestream } from "./encode-codestream.ts";
import { checkFrameShape, type FrameShape } from "./frame-shape.ts";
import { PixelError } from "./pixel-error.ts";
import { type ResolutionSize, resolutionLevels } from "./resolution-levels.ts";
import { checksum, extent, type Samples, widenSamples } from "./samples.ts";

/** One entry of the metadata's PixelDataChecksumFromBaseToFullResolution. */
export interface FrameLevel extends ResolutionSize {
  /** CRC-32 of this resolution's samples, decoded: see `Samples` for their layout. */
  readonly checksum: number;
}

/** A frame as it is stored, and what the metadata says of it. */
export interface EncodedFrame {
  /** Lossless HTJ2K in RPCL order, for transfer syntax 1.2.840.10008.1.2.4.202. */
  readonly codestream: Uint8Array;
  /** From base to full resolution. */
  readonly levels: readonly FrameLevel[];
  /** The lowest of all samples as stored, not rescaled. */
  readonly minPixelValue: number;
  readonly maxPixelValue: number;
  /** Of the full resolution's samples, BitsAllocated wide. */
  readonly decodedByteLength: number;
}

/**
 * Encodes the normalised samples of one frame and proves it: the codestream is decoded again,
 * and a checksum other than that of `samples` is a PixelError, as is a shape not supported.
 */
export function encodeFrame(samples: Samples, shape: FrameShape, codec: Codec): EncodedFrame {
  checkFrameShape(shape);
  checkLength(samples, shape);
  const codestream = encodeCodestream(samples, shape, codec);
  const levels = verifiedLevels(codestream, checksum(samples), shape, codec);
  const { min: minPixelValue, max: maxPixelValue } = extent(samples);
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

function verifiedLevels(
  codestream: Uint8Array,
  sourceChecksum: number,
  shape: FrameShape,
  codec: Codec,
): FrameLevel[] {
  const sizes = resolutionLevels(shape.columns, shape.rows);
  const levels = sizes.map((size, index) => {
    const { samples } = decodeFrame(codestream, codec, sizes.length - 1 - index);
    return { ...size, checksum: checksum(widenSamples(samples, shape.bitsAllocated)) };
  });
  const stored = levels.at(-1)?.checksum;
  if (stored !== sourceChecksum) {
    throw new PixelError(`expected the stored frame to decode to CRC-32 ${sourceChecksum}, got ${stored}`);
  }
  return levels;
}
