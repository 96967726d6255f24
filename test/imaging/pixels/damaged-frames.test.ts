import { beforeAll, describe, expect, it } from "vitest";
import { type Codec, loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../src/imaging/pixels/htj2k/encode-frame.ts";
import type { FrameShape } from "../../../src/imaging/pixels/frame-shape.ts";
import { PixelError } from "../../../src/imaging/pixels/pixel-error.ts";
import { type SourceDecoder, SourceDecoders } from "../../../src/imaging/pixels/sources/source-decoders.ts";
import { ownCorpus, readFrom } from "../../corpus/corpus.ts";
import { pixelDataOf } from "../../../src/imaging/dicom/frames/frames.ts";
import { parsePart10 } from "../../../src/imaging/dicom/part10/part10.ts";
import { encapsulatedUid } from "./encapsulated-uid.ts";
import { fill, frameShape } from "./sample-frames.ts";

const decoders = new SourceDecoders();
const ROOT = "1.2.840.10008.1.2.";
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

const decode = async (syntax: string, frame: Uint8Array, shape: FrameShape) =>
  (await decoders.forTransferSyntax(encapsulatedUid(ROOT + syntax)))(frame, shape);

describe("a frame of absurd size is refused before memory is allocated:", () => {
  const absurd = frameShape({ rows: 65_535, columns: 65_535, bitsStored: 8 });
  // Just within what a frame may have, and no codestream of some bytes could hold it.
  const large = frameShape({ rows: 32_000, columns: 32_000, bitsStored: 8 });

  it.each(["4.50", "4.70", "4.80", "4.90", "4.201", "5"])(
    "in transfer syntax 1.2.840.10008.1.2.%s",
    async (syntax) => {
      const before = process.memoryUsage().arrayBuffers;
      await expect(decode(syntax, hex("ffd8 ffd9"), absurd)).rejects.toThrow("has 4294836225 bytes");
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
    },
  );

  const [height, width] = ["7d00", "7d00"];
  it.each([
    ["4.50", `ffd8 ffc0 000b 08 ${height}${width} 01 011100 ffda 0008 01 0100 003f00`],
    ["4.70", `ffd8 ffc3 000b 08 ${height}${width} 01 011100 ffda 0008 01 0100 010000`],
    ["4.80", `ffd8 fff7 000b 08 ${height}${width} 01 011100 ffda 0008 01 0100 000000 00 ffd9`],
    ["5", `01000000 40000000 ${"00".repeat(56)} 8100`],
  ])("in transfer syntax 1.2.840.10008.1.2.%s with few bytes", async (syntax, frame) => {
    const before = process.memoryUsage().arrayBuffers;
    await expect(decode(syntax, hex(frame), large)).rejects.toThrow(/bytes cannot hold 32000x32000/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});

describe("a frame that contradicts its attributes or is damaged is refused:", () => {
  const shape = frameShape({ rows: 2, columns: 2, bitsStored: 8 });

  it.each([
    ["4.50", "ffd8 ffc0 000b 08 0002 0003 01 011100", "expected 2x2x1 samples, got JPEG with 3x2x1"],
    ["4.50", "ffd8 ffc0 0011 08 0002 0002 03 011100 021100 031100", "got JPEG with 2x2x3"],
    ["4.50", "ffd8 ffc2 000b 08 0002 0002 01 011100", "process SOF2 is not supported"],
    ["4.50", "ffd8 ffc9 000b 08 0002 0002 01 011100", "process SOF9 is not supported"],
    ["4.50", "ffd8 ffc0 000b 08 0002 0002 01 015100", "sampling factors 5x1 are not allowed"],
    ["4.50", "ffd8 ffd9", "ends before its last component"],
    ["4.50", "ffd8 ffc0", "a marker segment is truncated"],
    ["4.50", "0102 0304", "does not begin with marker SOI"],
    ["4.70", "ffd8 ffc3 000b 11 0002 0002 01 011100", "17 bits a sample are not supported"],
    ["4.70", "ffd8 ffc3 000b 08 0002 0002 01 011100 ffda 0008 01 0100 010000 1234", "precedes the tables"],
    ["4.80", "ffd8 fff7 000b 08 0003 0002 01 011100", "expected 2x2x1 samples, got JPEG-LS with 2x3x1"],
    ["4.80", "ffd8 ffda 0008", "no frame header before the first scan"],
    ["4.80", "ffd8 fff7 000b 08 0002 0002 01 011100 ffd9", "JPEG-LS: "],
    ["4.90", "0102 0304 0506 0708 090a", "does not begin with markers SOC and SIZ"],
    ["4.90", "ff4f ff51 0029 0000", "the codestream is truncated"],
    ["5", "01000000", "have no header"],
    ["5", `02000000 40000000 40000000 ${"00".repeat(52)} 0000`, "expected 1 segments, got 2"],
    ["5", `01000000 20000000 ${"00".repeat(56)} 0300`, "segment 0 from 32"],
    ["5", `01000000 40000000 ${"00".repeat(56)} 0200`, "ends within a run"],
    ["5", `01000000 40000000 ${"00".repeat(56)} fe07`, "a segment ends after 3 of 4 bytes"],
    ["5", `01000000 40000000 ${"00".repeat(56)} fc07`, "expected a segment of 4 bytes, got more"],
    ["5", `01000000 40000000 ${"00".repeat(56)} 0401020304 05`, "expected a segment of 4 bytes, got more"],
    ["5", `01000000 40000000 ${"00".repeat(56)} fd07 0005`, "expected a segment of 4 bytes, got more"],
  ])("in transfer syntax 1.2.840.10008.1.2.%s, the bytes $1", async (syntax, frame, message) => {
    const decoding = decode(syntax, hex(frame), shape);
    await expect(decoding).rejects.toThrow(PixelError);
    await expect(decoding).rejects.toThrow(message);
  });
});

describe("padding behind an RLE segment is ignored:", () => {
  const shape = frameShape({ rows: 2, columns: 2, bitsStored: 8 });

  it.each(["", "00", "ff", "0000 0000 00", "00".repeat(64)])("the bytes '$0'", async (padding) => {
    const samples = await decode(
      "5",
      hex(`01000000 40000000 ${"00".repeat(56)} fe07 0009 ${padding}`),
      shape,
    );
    expect([...samples]).toEqual([7, 7, 7, 9]);
  });
});

describe("a truncated frame is refused, wherever it was cut:", () => {
  let codec: Codec;
  beforeAll(async () => {
    codec = await loadCodec();
  });

  function expectRefusals(decoder: SourceDecoder, frame: Uint8Array, shape: FrameShape): void {
    for (let part = 0; part < 40; part++) {
      const cut = frame.subarray(0, Math.floor((frame.length * part) / 41));
      expect(() => decoder(cut, shape), `${cut.length} of ${frame.length} bytes`).toThrow(PixelError);
    }
  }

  it("of HTJ2K that was encoded here", async () => {
    const shape = frameShape({ rows: 64, columns: 64 });
    const { codestream } = encodeFrame(fill(shape, "noise"), shape, codec);
    expectRefusals(await decoders.forTransferSyntax("1.2.840.10008.1.2.4.201"), codestream, shape);
  });

  it.each([
    "jpeg-baseline/ybr-422-odd.dcm",
    "jpeg-extended/mono2-12bit.dcm",
    "jpeg-lossless/mono2-12bit-predictor2.dcm",
    "jpeg-lossless-sv1/mono2-16bit.dcm",
    "jpeg-ls/mono2-12bit-signed.dcm",
    "jpeg-ls/rgb-none.dcm",
    "j2k/rct-cprl-odd.dcm",
    "j2k/rct-jp2-boxes.dcm",
    "htj2k/mono2-16bit-202.dcm",
    "rle/mono2-12bit-signed.dcm",
  ])("of %s", async (path) => {
    const part10 = parsePart10(readFrom(ownCorpus, { path }));
    const pixelData = pixelDataOf(part10);
    const [frame] = pixelData?.frames ?? [];
    if (!pixelData || !frame) throw new Error("no frame");
    expectRefusals(
      await decoders.forTransferSyntax(encapsulatedUid(part10.transferSyntaxUid)),
      frame,
      pixelData.shape,
    );
  });
});

describe("a frame with zeros in place of its end, as in a file that was not fully written,", () => {
  it.each([
    "jpeg-baseline/ybr-422-odd.dcm",
    "jpeg-baseline/mono2-quality-50.dcm",
    "jpeg-extended/mono2-12bit.dcm",
    "jpeg-lossless/mono2-12bit-predictor2.dcm",
    "jpeg-lossless-sv1/mono2-16bit.dcm",
    "jpeg-lossless-sv1/rgb-odd.dcm",
    "jpeg-ls/mono2-12bit-signed.dcm",
    "j2k/rct-cprl-odd.dcm",
    "htj2k/mono2-16bit-202.dcm",
  ])("is refused in %s", async (path) => {
    const part10 = parsePart10(readFrom(ownCorpus, { path }));
    const pixelData = pixelDataOf(part10);
    const [frame] = pixelData?.frames ?? [];
    if (!pixelData || !frame) throw new Error("no frame");
    const decoder = await decoders.forTransferSyntax(encapsulatedUid(part10.transferSyntaxUid));
    for (let part = 1; part < 20; part++) {
      const start = Math.floor((frame.length * part) / 20);
      const filled = frame.slice().fill(0, start);
      expect(() => decoder(filled, pixelData.shape), `zeros from ${start} of ${frame.length}`).toThrow(
        PixelError,
      );
    }
  });

  it("is refused in JPEG 2000 whose tile-part has no length", async () => {
    const pixelData = pixelDataOf(parsePart10(readFrom(ownCorpus, { path: "htj2k/mono2-16bit-202.dcm" })));
    const frame = Buffer.from(pixelData?.frames[0] ?? []);
    if (!pixelData) throw new Error("no frame");
    frame.writeUInt32BE(0, frame.indexOf(hex("ff90 000a")) + 6);
    const decoder = await decoders.forTransferSyntax("1.2.840.10008.1.2.4.202");
    expect(() => decoder(frame, pixelData.shape)).not.toThrow();
    const filled = frame.fill(0, Math.floor(frame.length * 0.7));
    expect(() => decoder(filled, pixelData.shape)).toThrow("expected marker EOC, got zeros");
  });

  // Its one code, a bit 0, is that of no difference: 512 bytes of coded zeros are the whole image.
  const shape = frameShape({ rows: 64, columns: 64, bitsStored: 8 });
  const header = `ffd8 ffc3 000b 08 0040 0040 01 011100 ffc4 0014 00 01 ${"00".repeat(15)} 00 ffda 0008 01 0100 010000`;
  const zeros = (count: number): string => "00".repeat(count);

  it.each(["", "00", "ffd9", "ffd900", "ffd90000000000", "0000ffd9"])(
    "is taken where the coded data itself is zeros, with '%s' behind it",
    async (end) => {
      const samples = await decode("4.70", hex(`${header} ${zeros(512)} ${end}`), shape);
      expect(new Set(samples)).toEqual(new Set([128]));
    },
  );

  it("is refused with a message that says what was found", async () => {
    await expect(decode("4.70", hex(`${header} ${zeros(520)}`), shape)).rejects.toThrow(
      "JPEG: expected marker EOI after the coded data, got 8 bytes of zeros: the frame seems truncated",
    );
  });
});
