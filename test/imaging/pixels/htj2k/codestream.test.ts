import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, loadCodec } from "../../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { fill, frameShape } from "../sample-frames.ts";

let codec: Codec;
beforeAll(async () => {
  codec = await loadCodec();
});

const cases = [
  { name: "grey 16 bits signed", components: 1, bits: 16, isSigned: true, usesTransform: 0 },
  { name: "grey 12 bits", components: 1, bits: 12, isSigned: false, usesTransform: 0 },
  { name: "grey 8 bits signed", components: 1, bits: 8, isSigned: true, usesTransform: 0 },
  { name: "RGB 8 bits", components: 3, bits: 8, isSigned: false, usesTransform: 1 },
  { name: "RGB 8 bits signed", components: 3, bits: 8, isSigned: true, usesTransform: 1 },
  { name: "RGB 16 bits", components: 3, bits: 16, isSigned: false, usesTransform: 0 },
];

// Offsets and values of ISO/IEC 15444-1 annex A, read here without the code under test.
describe.each(cases)("the codestream of $name", ({ components, bits, isSigned, usesTransform }) => {
  const shape = frameShape({
    rows: 300,
    columns: 520,
    samplesPerPixel: components,
    bitsStored: bits,
    isSigned,
  });
  const read = () => {
    const bytes = Buffer.from(encodeFrame(fill(shape, "noise"), shape, codec).codestream);
    return { bytes, ...walk(bytes) };
  };

  it("has a SIZ with the size, the components, their depth and sign", () => {
    const { bytes, segments } = read();
    const siz = segments.get(0xff51) ?? 0;
    expect([bytes.readUInt32BE(siz + 6), bytes.readUInt32BE(siz + 10)]).toEqual([520, 300]);
    expect(bytes.readUInt16BE(siz + 38)).toBe(components);
    expect(bytes.readUInt16BE(siz + 2)).toBe(38 + 3 * components);
    for (let component = 0; component < components; component++) {
      expect(bytes.readUInt8(siz + 40 + 3 * component)).toBe((isSigned ? 0x80 : 0) | (bits - 1));
    }
  });

  it("has RPCL order, one layer, the reversible 5/3 transform and 3 decompositions", () => {
    const { bytes, segments } = read();
    const cod = segments.get(0xff52) ?? 0;
    expect(bytes.readUInt8(cod + 5)).toBe(2);
    expect(bytes.readUInt16BE(cod + 6)).toBe(1);
    expect(bytes.readUInt8(cod + 8)).toBe(usesTransform);
    expect(bytes.readUInt8(cod + 9)).toBe(3);
    // High-throughput code blocks, and the transform.
    expect(bytes.readUInt8(cod + 12) & 0x40).toBe(0x40);
    expect(bytes.readUInt8(cod + 13)).toBe(1);
  });

  it("has one tile-part a resolution, numbered, whose lengths make up the file", () => {
    const { bytes, tileParts, mainHeaderLength } = read();
    expect(tileParts.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(tileParts.every(({ count }) => count === 4)).toBe(true);
    const sum = tileParts.reduce((total, { byteLength }) => total + byteLength, 0);
    expect(mainHeaderLength + sum + 2).toBe(bytes.length);
    expect(bytes.readUInt16BE(bytes.length - 2)).toBe(0xffd9);
  });

  it("has a TLM that names the tile-parts' lengths", () => {
    const { bytes, segments, tileParts } = read();
    const tlm = segments.get(0xff55) ?? 0;
    expect(bytes.readUInt16BE(tlm + 2)).toBe(4 + 6 * 4);
    // Tile indices of 16 bits, lengths of 32.
    expect(bytes.readUInt8(tlm + 5)).toBe(0x60);
    const lengths = [0, 1, 2, 3].map((index) => bytes.readUInt32BE(tlm + 6 + 6 * index + 2));
    expect(lengths).toEqual(tileParts.map(({ byteLength }) => byteLength));
  });
});

/** Offsets of the main header's segments by marker, and the tile-parts as their SOT says. */
function walk(bytes: Buffer) {
  const segments = new Map<number, number>();
  let offset = 2;
  while (bytes.readUInt16BE(offset) !== 0xff90) {
    segments.set(bytes.readUInt16BE(offset), offset);
    offset += 2 + bytes.readUInt16BE(offset + 2);
  }
  const mainHeaderLength = offset;
  const tileParts: { index: number; count: number; byteLength: number }[] = [];
  while (bytes.readUInt16BE(offset) === 0xff90) {
    const byteLength = bytes.readUInt32BE(offset + 6);
    tileParts.push({
      index: bytes.readUInt8(offset + 10),
      count: bytes.readUInt8(offset + 11),
      byteLength,
    });
    offset += byteLength;
  }
  return { segments, tileParts, mainHeaderLength };
}
