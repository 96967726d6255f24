import type { Codec } from "../codecs/codec.ts";
import { type Codestream, COMPONENT_BYTE_LENGTH, readCodestream, SIZ, SSIZ_SIGNED } from "./codestream.ts";
import { keepWithin } from "../extent.ts";
import { PixelError } from "../pixel-error.ts";
import { reduceSide } from "./resolution-levels.ts";
import { newSamples, type Samples, viewSamples } from "../samples.ts";

interface DecodedFrame {
  /** Pixels, at the requested resolution. */
  readonly width: number;
  /** Pixels, at the requested resolution. */
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  /**
   * Interleaved by pixel. Up to 8 bits stored they are bytes, whatever the source. They may be in the codec's
   * memory, valid until its next call.
   */
  readonly samples: Samples;
}

/**
 * Decodes an HTJ2K codestream of `encodeFrame`, its full resolution halved `reduction` times. Throws a
 * PixelError if the codestream is truncated or has another origin. Damage to the coded data is visible only
 * in the samples, since the codec is lenient.
 */
export function decodeFrame(codestream: Uint8Array, codec: Codec, reduction = 0): DecodedFrame {
  const header = readCodestream(codestream);
  const { componentCount, bitsPerSample, isSigned, decompositions } = header;
  if (reduction > decompositions) {
    throw new PixelError(`expected at most ${decompositions} reductions, got ${reduction}`);
  }
  const width = reduceSide(header.width, reduction);
  const height = reduceSide(header.height, reduction);
  const bytes = codec.decode(readableByCodec(codestream, header), reduction);
  const bytesPerSample = bitsPerSample <= 8 ? 1 : 2;
  const byteLength = width * height * componentCount * bytesPerSample;
  if (bytes.length !== byteLength) {
    throw new PixelError(`expected ${byteLength} decoded bytes, got ${bytes.length}`);
  }
  const decoded = viewSamples(bytes, bitsPerSample, isSigned && bitsPerSample > 8);
  const ordered = reorder(decoded, header, width, height);
  // A lossless codestream at its full resolution returns its input, within its range.
  const isAsItIs = reduction === 0 && !(isSigned && bitsPerSample <= 8);
  const samples = isAsItIs ? ordered : clamp(ordered, bitsPerSample, isSigned);
  return { width, height, samplesPerPixel: componentCount, bitsStored: bitsPerSample, isSigned, samples };
}

/**
 * The codec clips negative samples of up to 8 bits at 0. Marked as unsigned, the codestream decodes to
 * samples raised by half their range: see encode-codestream.ts.
 */
function readableByCodec(codestream: Uint8Array, header: Codestream): Uint8Array {
  if (!header.isSigned || header.bitsPerSample > 8) return codestream;
  // A copy, which Buffer's slice is not: the stored frame may be in the caller's memory.
  const unsigned = new Uint8Array(codestream);
  for (let component = 0; component < header.componentCount; component++) {
    const ssiz = SIZ.components + component * COMPONENT_BYTE_LENGTH;
    unsigned[ssiz] = (unsigned[ssiz] ?? 0) & ~SSIZ_SIGNED;
  }
  return unsigned;
}

/**
 * Without the colour transform the codec decodes plane by plane, but stores the lines as if they came row by
 * row: line n, which is row n % height of component n / height, is at row n / 3, component n % 3.
 */
function reorder(decoded: Samples, header: Codestream, width: number, height: number): Samples {
  const { componentCount, isUsingColorTransform, bitsPerSample, isSigned } = header;
  if (componentCount === 1 || isUsingColorTransform) return decoded;
  const ordered = newSamples(bitsPerSample, isSigned, decoded.length);
  for (let line = 0; line < height * componentCount; line++) {
    const component = Math.floor(line / height);
    let to = (line % height) * width * componentCount + component;
    let from = Math.floor(line / componentCount) * width * componentCount + (line % componentCount);
    for (const end = from + width * componentCount; from < end; from += componentCount) {
      ordered[to] = decoded[from] ?? 0;
      to += componentCount;
    }
  }
  return ordered;
}

/**
 * Lower resolutions overshoot the range of the samples, and decoders clip them (ISO/IEC 15444-1 G.1.2); the
 * codec does so only at the limits of 8 and 16 bits. Signed samples of up to 8 bits are raised, and are
 * lowered here.
 */
function clamp(decoded: Samples, bits: number, isSigned: boolean): Samples {
  const lowered = isSigned && bits <= 8 ? 2 ** (bits - 1) : 0;
  if (lowered === 0 && keepWithin(decoded, bits, isSigned)) return decoded;
  const lowest = isSigned ? -(2 ** (bits - 1)) : 0;
  const highest = lowest + 2 ** bits - 1;
  const clamped = newSamples(bits, isSigned, decoded.length);
  for (let i = 0; i < decoded.length; i++) {
    const sample = (decoded[i] ?? 0) - lowered;
    clamped[i] = sample < lowest ? lowest : sample > highest ? highest : sample;
  }
  return clamped;
}
