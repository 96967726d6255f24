import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/**
 * The normalised samples of one frame: BitsStored bits, zero- or sign-extended to BitsAllocated
 * by Pixel Representation, interleaved by pixel (planar configuration 0), rows from top to
 * bottom, no padding. The element type is BitsAllocated wide, and its bytes little endian as on
 * every host Node's WebAssembly codecs run on.
 */
export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** Zeroed samples of the type that holds `bits` (1 to 16) bits. */
export function newSamples(bits: number, isSigned: boolean, length: number): Samples {
  if (bits <= 8) return isSigned ? new Int8Array(length) : new Uint8Array(length);
  return isSigned ? new Int16Array(length) : new Uint16Array(length);
}

/** `bytes` seen as samples of `bits` bits; copied only where their place in memory is odd. */
export function viewSamples(bytes: Uint8Array, bits: number, isSigned: boolean): Samples {
  const { buffer, byteOffset, byteLength } = bytes;
  if (bits <= 8) {
    return isSigned ? new Int8Array(buffer, byteOffset, byteLength) : bytes;
  }
  if (byteOffset % 2 === 1) return viewSamples(bytes.slice(), bits, isSigned);
  const length = byteLength / 2;
  return isSigned ? new Int16Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length);
}

/** The memory of `samples` itself, not a copy. */
export function sampleBytes(samples: Samples): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** The same numbers BitsAllocated wide: samples that a codec kept in 8 bits may belong in 16. */
export function widenSamples(samples: Samples, bitsAllocated: number): Samples {
  if (samples.BYTES_PER_ELEMENT * 8 >= bitsAllocated) return samples;
  return samples instanceof Int8Array ? new Int16Array(samples) : new Uint16Array(samples);
}

/** CRC-32 (ISO 3309) over the samples' bytes: unsigned, 32 bits. */
export function checksum(samples: Samples): number {
  return crc32(sampleBytes(samples));
}

/** Whether two are the same, bit by bit. */
export function equalSamples(one: Samples, other: Samples): boolean {
  return one.constructor === other.constructor && Buffer.compare(sampleBytes(one), sampleBytes(other)) === 0;
}

/** Whether no sample needs more bits than so many, its sign among them. */
export function keepWithin(samples: Samples, bits: number): boolean {
  const width = samples.BYTES_PER_ELEMENT * 8;
  if (bits >= width) return true;
  // From the sign bit up, the bits of a signed sample are alike: no bit differs from the one below it.
  const shift = isSignedType(samples) ? 1 : 16;
  const unsigned = viewSamples(sampleBytes(samples), width, false);
  let differing = 0;
  for (let i = 0; i < unsigned.length; i++) {
    const sample = unsigned[i] ?? 0;
    differing |= sample ^ (sample << shift);
  }
  return (differing & (2 ** width - 2 ** bits)) === 0;
}

/** The lowest and the highest of all samples, whatever component they belong to. */
export function extent(samples: Samples): { min: number; max: number } {
  const bits = samples.BYTES_PER_ELEMENT * 8;
  // Flipping the sign bit sorts signed samples as if unsigned. So the loop, the slowest part of
  // an import that is not the codec, sees two types of array, not four, and stays fast.
  const signBit = isSignedType(samples) ? 2 ** (bits - 1) : 0;
  const unsigned = viewSamples(sampleBytes(samples), bits, false);
  let min = 2 ** bits;
  let max = 0;
  for (let i = 0; i < unsigned.length; i++) {
    const sample = (unsigned[i] ?? 0) ^ signBit;
    min = Math.min(min, sample);
    max = Math.max(max, sample);
  }
  return { min: min - signBit, max: max - signBit };
}

const isSignedType = (samples: Samples): boolean =>
  samples instanceof Int8Array || samples instanceof Int16Array;
