import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/**
 * The normalised samples of one frame: BitsStored bits, zero- or sign-extended to BitsAllocated by Pixel
 * Representation, interleaved by pixel (planar configuration 0), rows from top to bottom, no padding. The
 * element type is as wide as BitsAllocated, and its bytes are little endian, as on every host of Node's
 * WebAssembly codecs.
 */
export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** Zeroed samples of the type for `bits` (1 to 16) bits. */
export function newSamples(bits: number, isSigned: boolean, length: number): Samples {
  if (bits <= 8) return isSigned ? new Int8Array(length) : new Uint8Array(length);
  return isSigned ? new Int16Array(length) : new Uint16Array(length);
}

/** Views `bytes` as samples of `bits` bits; copies them only if they are not aligned. */
export function viewSamples(bytes: Uint8Array, bits: number, isSigned: boolean): Samples {
  const { buffer, byteOffset, byteLength } = bytes;
  if (bits <= 8) {
    if (isSigned) return new Int8Array(buffer, byteOffset, byteLength);
    // Never a Buffer, whose slice is not a copy.
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (byteOffset % 2 === 1) return viewSamples(new Uint8Array(bytes), bits, isSigned);
  const length = byteLength / 2;
  return isSigned ? new Int16Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length);
}

/** The memory of `samples` itself, not a copy. */
export function sampleBytes(samples: Samples): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** The same numbers as wide as BitsAllocated: a codec may return 8 bits for samples of 16. */
export function widenSamples(samples: Samples, bitsAllocated: number): Samples {
  if (samples.BYTES_PER_ELEMENT * 8 >= bitsAllocated) return samples;
  return samples instanceof Int8Array ? new Int16Array(samples) : new Uint16Array(samples);
}

/** CRC-32 (ISO 3309) of the samples' bytes: unsigned, 32 bits. */
export function checksum(samples: Samples): number {
  return crc32(sampleBytes(samples));
}

/** Whether the bytes of two are equal, and so their checksums. */
export function equalSamples(one: Samples, other: Samples): boolean {
  return Buffer.compare(sampleBytes(one), sampleBytes(other)) === 0;
}
