import { JPEG_MARKER } from "../../markers.ts";
import { PixelError } from "../../pixel-error.ts";

/** Codes of up to this many bits are looked up in one step; longer ones are rare. */
const LOOKUP_BITS = 9;

/** A Huffman table (ITU-T T.81 Annex C and F.2.2.3). */
export interface HuffmanTable {
  /** By the next 9 bits: length of the code times 256 plus its value, 0 if the code is longer. */
  readonly lookup: Uint16Array;
  /** By length: the largest code, -1 if none has that length. */
  readonly maxCode: Int32Array;
  /** By length: the offset from a code to the index of its value. */
  readonly valueOffset: Int32Array;
  readonly values: Uint8Array;
}

/** @param counts how many codes have 1, 2 ... 16 bits */
export function buildHuffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const maxCode = new Int32Array(18).fill(-1);
  const valueOffset = new Int32Array(18);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    const count = counts[length - 1] ?? 0;
    valueOffset[length] = index - code;
    for (let i = 0; i < count; i++, code++, index++) {
      fillLookup(lookup, code, length, values[index] ?? 0);
    }
    if (count > 0) maxCode[length] = code - 1;
    if (code > 1 << length) throw new PixelError("JPEG: a Huffman table has too many codes");
  }
  return { lookup, maxCode, valueOffset, values };
}

function fillLookup(lookup: Uint16Array, code: number, length: number, value: number): void {
  if (length > LOOKUP_BITS) return;
  const spare = LOOKUP_BITS - length;
  lookup.fill((length << 8) | value, code << spare, (code + 1) << spare);
}

/** Reads the entropy-coded data of a scan: bytes FF 00 are FF, any other FF ends the data (B.1.1.5). */
export class BitReader {
  readonly #bytes: Uint8Array;
  position: number;
  #bits = 0;
  #bitCount = 0;
  /** Bits that were read after the end of the data, as zeros. */
  #missing = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** 0 to 16 bits. */
  read(count: number): number {
    if (this.#bitCount < count) this.#fill();
    this.#bitCount -= count;
    this.#checkEnd();
    return (this.#bits >>> this.#bitCount) & ((1 << count) - 1);
  }

  /** `count` bits as a difference: the lower half of their range means negative values (F.2.2.1). */
  readDifference(count: number): number {
    if (count === 0) return 0;
    const bits = this.read(count);
    return bits < 1 << (count - 1) ? bits - (1 << count) + 1 : bits;
  }

  decode(table: HuffmanTable): number {
    if (this.#bitCount < 16) this.#fill();
    const found = table.lookup[(this.#bits >>> (this.#bitCount - LOOKUP_BITS)) & 0x1ff] ?? 0;
    if (found === 0) return this.#decodeLong(table);
    this.#bitCount -= found >>> 8;
    this.#checkEnd();
    return found & 0xff;
  }

  #decodeLong({ maxCode, valueOffset, values }: HuffmanTable): number {
    for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
      const code = (this.#bits >>> (this.#bitCount - length)) & ((1 << length) - 1);
      if (code > (maxCode[length] ?? -1)) continue;
      this.#bitCount -= length;
      this.#checkEnd();
      return values[code + (valueOffset[length] ?? 0)] ?? 0;
    }
    throw new PixelError(`JPEG: no Huffman code at byte ${this.position}`);
  }

  /** Reads at least 17 bits, with zeros after the end of the data. */
  #fill(): void {
    while (this.#bitCount <= 16) {
      this.#bits = (this.#bits << 8) | this.#nextByte();
      this.#bitCount += 8;
    }
  }

  #nextByte(): number {
    const byte = this.#bytes[this.position];
    if (byte === undefined || (byte === 0xff && this.#bytes[this.position + 1] !== 0)) {
      this.#missing += 8;
      return 0;
    }
    this.position += byte === 0xff ? 2 : 1;
    return byte;
  }

  #checkEnd(): void {
    if (this.#missing > this.#bitCount) {
      throw new PixelError(`JPEG: the coded data is truncated at byte ${this.position}`);
    }
  }

  /** The first byte of which no bit was used: `position` is up to three bytes ahead. */
  get end(): number {
    let end = this.position;
    for (let ahead = (this.#bitCount - this.#missing) >> 3; ahead > 0; ahead--) {
      end -= this.#bytes[end - 1] === 0 && this.#bytes[end - 2] === 0xff ? 2 : 1;
    }
    return end;
  }

  /** Moves after the restart marker with this number (0 to 7) at the end of the data (F.2.2.5). */
  restart(number: number): void {
    this.#bitCount = 0;
    this.#bits = 0;
    this.#missing = 0;
    const bytes = this.#bytes;
    while (bytes[this.position] === 0xff && bytes[this.position + 1] === 0xff) this.position++;
    const marker = bytes[this.position + 1];
    if (bytes[this.position] !== 0xff || marker !== (JPEG_MARKER.RST0 & 0xff) + number) {
      throw new PixelError(`JPEG: expected restart marker ${number} at byte ${this.position}`);
    }
    this.position += 2;
  }
}
