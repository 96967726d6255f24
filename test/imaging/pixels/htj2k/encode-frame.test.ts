import { crc32 } from "node:zlib";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, loadCodec } from "../../../../src/imaging/pixels/codecs/codec.ts";
import { needsRecycling } from "../../../../src/imaging/pixels/codecs/wasm-program.ts";
import { decodeFrame } from "../../../../src/imaging/pixels/htj2k/decode-frame.ts";
import { encodeFrame } from "../../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { PixelError } from "../../../../src/imaging/pixels/pixel-error.ts";
import { extent } from "../../../../src/imaging/pixels/extent.ts";
import { checksum, widenSamples } from "../../../../src/imaging/pixels/samples.ts";
import { CONTENTS, fill, frameShape } from "../sample-frames.ts";

let codec: Codec;
beforeAll(async () => {
  codec = await loadCodec();
});

const anyFrame = fc
  .record({
    rows: fc.integer({ min: 1, max: 260 }),
    columns: fc.integer({ min: 1, max: 260 }),
    samplesPerPixel: fc.constantFrom(1, 3),
    bitsStored: fc.integer({ min: 1, max: 16 }),
    isSigned: fc.boolean(),
  })
  .chain((differences) =>
    fc.record({
      shape: fc.constantFrom(frameShape(differences), frameShape({ ...differences, bitsAllocated: 16 })),
      content: fc.constantFrom(...CONTENTS),
    }),
  );

describe("a frame of any supported shape", () => {
  it("decodes to the samples it was made of", () => {
    const property = fc.property(anyFrame, ({ shape, content }) => {
      const samples = fill(shape, content);
      const { codestream } = encodeFrame(samples, shape, codec);
      const decoded = decodeFrame(codestream, codec);
      expect(widenSamples(decoded.samples, shape.bitsAllocated)).toEqual(samples);
      expect(decoded).toMatchObject({
        width: shape.columns,
        height: shape.rows,
        bitsStored: shape.bitsStored,
        isSigned: shape.isSigned,
      });
    });
    fc.assert(property, { numRuns: 150 });
  });

  it("has a codestream that decoding leaves unchanged, also in a Buffer at an odd offset", () => {
    for (const bitsStored of [8, 16]) {
      const shape = frameShape({ rows: 5, columns: 7, bitsStored, isSigned: true });
      const { codestream } = encodeFrame(fill(shape, "noise"), shape, codec);
      // Buffer's `slice` does not copy.
      const buffer = Buffer.concat([Buffer.alloc(1), codestream]).subarray(1);
      decodeFrame(buffer, codec);
      expect(buffer.equals(codestream)).toBe(true);
    }
  });

  it("is described by its extent, sizes and checksums", () => {
    const shape = frameShape({ rows: 375, columns: 512, isSigned: true });
    const samples = fill(shape, "noise");
    const frame = encodeFrame(samples, shape, codec);
    const { min, max } = extent(samples);
    expect(frame).toMatchObject({ minPixelValue: min, maxPixelValue: max, decodedByteLength: 384_000 });
    expect(frame.levels).toEqual([
      { width: 256, height: 188, checksum: checksum(decodeFrame(frame.codestream, codec, 1).samples) },
      { width: 512, height: 375, checksum: checksum(samples) },
    ]);
  });

  it.each([
    { bitsStored: 8, isSigned: false, Bytes: Uint8Array },
    { bitsStored: 7, isSigned: true, Bytes: Int8Array },
  ])(
    "of $bitsStored bits in 16 has checksums over one byte a sample, as the guide's example sizes them, signed $isSigned",
    ({ Bytes, ...differences }) => {
      const shape = frameShape({ rows: 240, columns: 200, bitsAllocated: 16, ...differences });
      const samples = fill(shape, "noise");
      const frame = encodeFrame(samples, shape, codec);
      const { min, max } = extent(samples);
      expect(frame).toMatchObject({ minPixelValue: min, maxPixelValue: max, decodedByteLength: 96_000 });
      expect(frame.levels.map(({ checksum: found }) => found)).toEqual([
        crc32(decodeFrame(frame.codestream, codec, 1).samples),
        crc32(Bytes.from(samples)),
      ]);
    },
  );

  it("owns its codestream: the next frame does not change it", () => {
    const shape = frameShape({ rows: 64, columns: 64 });
    const { codestream } = encodeFrame(fill(shape, "noise"), shape, codec);
    const before = codestream.slice();
    encodeFrame(fill(shape, "gradient"), shape, codec);
    expect(codestream).toEqual(before);
    expect(codestream.buffer.byteLength).toBe(codestream.byteLength);
  });
});

const shapes = [
  frameShape({ rows: 64, columns: 64 }),
  frameShape({ rows: 64, columns: 64, bitsStored: 8, isSigned: true }),
  frameShape({ rows: 64, columns: 64, bitsStored: 8, samplesPerPixel: 3 }),
  frameShape({ rows: 64, columns: 64, bitsStored: 12, samplesPerPixel: 3 }),
];

describe("an error of the codec", () => {
  it.each(shapes)("in one decoded bit is detected: %j", (shape) => {
    const faulty: Codec = {
      ...codec,
      decode: (codestream, reduction) => {
        const bytes = codec.decode(codestream, reduction);
        bytes[77] = (bytes[77] ?? 0) ^ 1;
        return bytes;
      },
    };
    const encode = () => encodeFrame(fill(shape, "gradient"), shape, faulty);
    expect(encode).toThrow(PixelError);
    expect(encode).toThrow(/expected the stored frame to decode to CRC-32 \d+, got \d+/);
  });

  it.each(shapes)("in one encoded byte is detected: %j", (shape) => {
    const faulty: Codec = {
      ...codec,
      encode: (image, decompositions) => {
        const codestream = codec.encode(image, decompositions);
        const middle = codestream.length >> 1;
        codestream[middle] = (codestream[middle] ?? 0) ^ 0x55;
        return codestream;
      },
    };
    expect(() => encodeFrame(fill(shape, "noise"), shape, faulty)).toThrow(PixelError);
  });

  it("that leaves out decoded bytes is detected", () => {
    const [shape] = shapes;
    const faulty: Codec = { ...codec, decode: () => new Uint8Array(8191) };
    expect(() => encodeFrame(fill(shape ?? frameShape(), "noise"), shape ?? frameShape(), faulty)).toThrow(
      "expected 8192 decoded bytes, got 8191",
    );
  });
});

describe("the encoder refuses", () => {
  it("a wrong number of samples", () => {
    expect(() => encodeFrame(new Uint16Array(23), frameShape(), codec)).toThrow(
      "expected 24 samples (6x4x1), got 23",
    );
  });

  it("a shape that is not supported", () => {
    const shape = frameShape({ photometricInterpretation: "HSV" });
    expect(() => encodeFrame(new Uint16Array(24), shape, codec)).toThrow("HSV");
  });

  it("samples beyond BitsStored", () => {
    const shape = frameShape({ bitsStored: 12 });
    expect(() => encodeFrame(new Uint16Array(24).fill(4096), shape, codec)).toThrow(PixelError);
  });

  it("wide colour where a resolution would not be one precinct", () => {
    const shape = frameShape({ rows: 1, columns: 32_769, samplesPerPixel: 3 });
    expect(() => encodeFrame(fill(shape, "constant"), shape, codec)).toThrow(
      "32769x1 with 3 samples of more than 8 bits is not supported, expected up to 32768 pixels a side",
    );
  });

  it("a frame that needs more memory than the codec has, and the codec works on", () => {
    const image = { width: 60_000, height: 60_000, componentCount: 1, bitsPerSample: 16 };
    const huge = { ...image, isSigned: false, bytes: new Uint8Array(0) };
    expect(() => codec.encode(huge, 1)).toThrow("HTJ2K encoding failed: out of memory");
    expect(() => encodeFrame(fill(frameShape(), "noise"), frameShape(), codec)).not.toThrow();
  });
});

describe("decoding", () => {
  const shape = frameShape({ rows: 64, columns: 64 });
  const encoded = () => encodeFrame(fill(shape, "noise"), shape, codec).codestream;

  it.each([0, 3, 50, 90, 130, 4000])("a codestream of its first %i bytes is refused", (byteLength) => {
    expect(() => decodeFrame(encoded().subarray(0, byteLength), codec)).toThrow(PixelError);
  });

  it("bytes that are not a codestream is refused", () => {
    expect(() => decodeFrame(new Uint8Array(500).fill(7), codec)).toThrow(
      "expected marker SOC at 0, got 0x707",
    );
  });

  it("a resolution that does not exist is refused", () => {
    expect(() => decodeFrame(encoded(), codec, 2)).toThrow("expected at most 1 reductions, got 2");
  });

  it("a header that the codec refuses throws a PixelError with the codec's message", () => {
    const codestream = encoded();
    codestream.fill(0, 24, 32);
    expect(() => decodeFrame(codestream, codec)).toThrow(/^HTJ2K decoding failed: .*ojph error/);
  });
});

describe("a codec", () => {
  it("is to be replaced once a huge frame has made it large", () => {
    expect(needsRecycling(codec)).toBe(false);
    expect(needsRecycling({ ...codec, memoryByteLength: () => 2 ** 30 })).toBe(true);
  });

  it("is to be replaced after a crash", () => {
    expect(needsRecycling({ ...codec, hasCrashed: () => true })).toBe(true);
  });
});
