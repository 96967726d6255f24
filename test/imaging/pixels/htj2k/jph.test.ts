import createOpenJph, { type OpenJph } from "@cornerstonejs/codec-openjph";
import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, loadCodec } from "../../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { inContainer } from "../../../../src/imaging/pixels/htj2k/frame-container.ts";
import { jphHeader } from "../../../../src/imaging/pixels/htj2k/jph.ts";
import { checksum, viewSamples } from "../../../../src/imaging/pixels/samples.ts";
import { readBoxes, readImageHeader } from "../../../jph-file.ts";
import { fill, frameShape } from "../sample-frames.ts";

let codec: Codec;
beforeAll(async () => {
  codec = await loadCodec();
});

/** A codestream's beginning: SOC and SIZ, with Ssiz of each component. */
function startOf(depths: readonly number[], { left = 0, top = 0 } = {}): Buffer {
  const siz = Buffer.alloc(42 + 3 * depths.length, 1);
  siz.writeUInt32BE(0xff4fff51, 0);
  siz.writeUInt32BE(300, 8);
  siz.writeUInt32BE(200, 12);
  siz.writeUInt32BE(left, 16);
  siz.writeUInt32BE(top, 20);
  siz.writeUInt16BE(depths.length, 40);
  depths.forEach((depth, component) => siz.writeUInt8(depth, 42 + 3 * component));
  return siz;
}

const fileOf = (codestream: Uint8Array): Buffer => Buffer.concat(inContainer(codestream, "jph"));

describe("a JPH file", () => {
  it("has the 85 bytes before SOC that the service's captured frame has", () => {
    // Signed 16 bits of grey; height 200 and width 300 in place of the captured frame's.
    expect(Buffer.from(jphHeader(startOf([0x8f]))).toString("hex")).toBe(
      [
        "0000000c 6a502020 0d0a870a",
        "00000014 66747970 6a703220 00000000 6a703220",
        "0000002d 6a703268",
        "00000016 69686472 000000c8 0000012c 0001 8f 07 01 00",
        "0000000f 636f6c72 01 00 00 00000011",
        "00000000 6a703263",
      ]
        .join("")
        .replaceAll(" ", ""),
    );
  });

  it.each([
    { bitsStored: 12, samplesPerPixel: 1, isSigned: false, depth: 0x0b, colourSpace: 17 },
    { bitsStored: 8, samplesPerPixel: 1, isSigned: true, depth: 0x87, colourSpace: 17 },
    { bitsStored: 8, samplesPerPixel: 3, isSigned: false, depth: 0x07, colourSpace: 16 },
    { bitsStored: 16, samplesPerPixel: 3, isSigned: false, depth: 0x0f, colourSpace: 16 },
  ])("says what the codestream's SIZ says: %j", ({ depth, colourSpace, ...differences }) => {
    const shape = frameShape({ rows: 30, columns: 52, ...differences });
    const { codestream } = encodeFrame(fill(shape, "noise"), shape, codec);
    const file = fileOf(codestream);
    expect(readImageHeader(file)).toEqual({
      height: 30,
      width: 52,
      componentCount: shape.samplesPerPixel,
      depth,
      colourSpace,
      depths: [],
    });
    const [signature, type, header, last, ...more] = readBoxes(file);
    expect([signature, type, header, last].map((box) => box?.type)).toEqual(["jP  ", "ftyp", "jp2h", "jp2c"]);
    expect(more).toEqual([]);
    expect(last?.content.equals(codestream)).toBe(true);
  });

  it("lists the depths of components that differ", () => {
    const file = fileOf(startOf([0x07, 0x8b, 0x07]));
    expect(readImageHeader(file)).toMatchObject({ depth: 255, depths: [0x07, 0x8b, 0x07], colourSpace: 16 });
    expect(readBoxes(file).at(-1)).toMatchObject({ type: "jp2c", offset: 96 - 8 });
  });

  it("has the size of the image, not of its reference grid", () => {
    const codestream = startOf([0x07], { left: 44, top: 8 });
    expect(readImageHeader(fileOf(codestream))).toMatchObject({ width: 256, height: 192 });
  });

  it.each([
    ["an empty codestream", Buffer.alloc(0)],
    ["bytes of text", Buffer.alloc(100, "This is no codestream. ")],
    ["a codestream whose SIZ is cut off", startOf([7, 7, 7]).subarray(0, -1)],
    ["a codestream without components", startOf([])],
  ])("cannot be made of %s", (_, bytes) => {
    expect(() => jphHeader(bytes)).toThrow(/bytes do not begin with markers SOC and SIZ/);
  });
});

describe("codec-openjph, the decoder of viewers, decodes a JPH file like its codestream:", () => {
  let openJph: OpenJph;
  beforeAll(async () => {
    openJph = await createOpenJph();
  });
  const shapes = [
    { bitsStored: 16, samplesPerPixel: 1, isSigned: true },
    { bitsStored: 12, samplesPerPixel: 1, isSigned: false },
    { bitsStored: 8, samplesPerPixel: 3, isSigned: false },
  ].map((differences) => frameShape({ rows: 512, columns: 500, ...differences }));

  /** As viewers call it: whatever of the frame is there, at its full resolution. */
  function decode(bytes: Uint8Array): Uint8Array {
    const decoder = new openJph.HTJ2KDecoder();
    try {
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decodeSubResolution(0);
      expect(decoder.getLastErrorMessage()).toBe("");
      return decoder.getDecodedBuffer().slice();
    } finally {
      decoder.delete();
    }
  }

  it.each(shapes)("the whole file exactly, of %j", (shape) => {
    const samples = fill(shape, "noise");
    const { codestream } = encodeFrame(samples, shape, codec);
    const decoded = decode(fileOf(codestream));
    expect(checksum(viewSamples(decoded, shape.bitsStored, shape.isSigned))).toBe(checksum(samples));
  });

  it.each(shapes.flatMap((shape) => [0.2, 0.05].map((share) => ({ share, shape }))))(
    "its first bytes to a coarser image, of %j",
    ({ share, shape }) => {
      const { codestream } = encodeFrame(fill(shape, "noise"), shape, codec);
      const file = fileOf(codestream);
      const boxes = file.length - codestream.length;
      const byteLength = Math.ceil(file.length * share);
      const [whole, part] = [decode(file), decode(file.subarray(0, byteLength))];
      expect(part).toEqual(decode(codestream.subarray(0, byteLength - boxes)));
      expect(part.length).toBe(whole.length);
      expect(part).not.toEqual(whole);
      expect(new Set(part).size).toBeGreaterThan(1);
    },
  );
});
