import { PIXEL_DATA, SEQUENCE_DELIMITER } from "../tag.ts";
import { HEADER_LENGTH } from "../vr.ts";
import { delimiter, elementHeader, itemHeader } from "./write-part10.ts";

const MAX_OFFSET = 0xffffffff;

/** Pixel Data must be shorter than its 32-bit length can express (PS3.5 7.1.2). */
export const MAX_NATIVE_BYTE_LENGTH = 0xfffffffe;

const NUL = new Uint8Array(1);

/** The bytes around consecutive frames. */
export interface PixelDataLayout {
  readonly start: Uint8Array;
  /** The bytes before each frame; empty if there are none. */
  readonly around: readonly { readonly before: Uint8Array; readonly after: Uint8Array }[];
  readonly end: Uint8Array;
}

/** Uncompressed (PS3.5 8.1.1, A.2). */
export function layOutNative(bitsAllocated: number, byteLengths: readonly number[]): PixelDataLayout {
  const byteLength = byteLengths.reduce((sum, length) => sum + length, 0);
  const padding = NUL.subarray(0, byteLength % 2);
  return {
    start: elementHeader(PIXEL_DATA, bitsAllocated > 8 ? "OW" : "OB", byteLength + padding.length),
    around: [],
    end: padding,
  };
}

/**
 * One fragment for each frame, and a basic offset table (PS3.5 A.4), which is empty if an offset exceeds 32
 * bits.
 */
export function layOutEncapsulated(byteLengths: readonly number[]): PixelDataLayout {
  const around = byteLengths.map((length) => {
    const after = NUL.subarray(0, length % 2);
    return { before: itemHeader(length + after.length), after };
  });
  return {
    start: Buffer.concat([elementHeader(PIXEL_DATA, "OB", undefined), offsetTable(byteLengths)]),
    around,
    end: delimiter(SEQUENCE_DELIMITER),
  };
}

function offsetTable(byteLengths: readonly number[]): Buffer {
  const offsets: number[] = [];
  let offset = 0;
  for (const length of byteLengths) {
    offsets.push(offset);
    offset += HEADER_LENGTH + length + (length % 2);
  }
  if (offset > MAX_OFFSET) return itemHeader(0);
  const table = Buffer.alloc(4 * offsets.length);
  for (const [index, each] of offsets.entries()) table.writeUInt32LE(each, 4 * index);
  return Buffer.concat([itemHeader(table.length), table]);
}
