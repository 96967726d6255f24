import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeStored } from "../../../src/importer/decoding/frame-decoder.ts";
import { describeFrame } from "../../../src/importer/workers/file-importer.ts";
import { loadCodec } from "../../../src/imaging/pixels/codecs/codec.ts";
import { encodeFrame } from "../../../src/imaging/pixels/htj2k/encode-frame.ts";
import { frameShape } from "../../imaging/pixels/sample-frames.ts";

const ID = "f".repeat(32);
const shape = frameShape({ rows: 2, columns: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 });
const samples = Uint8Array.of(0, 1, 2, 253, 254, 255);
const encoded = encodeFrame(samples, shape, await loadCodec());
const codestream = encoded.codestream.slice();
const frame = describeFrame(ID, { ...encoded, frameId: ID });

describe("a stored frame", () => {
  test("is decoded to the samples that were imported", async () => {
    expect([...(await decodeStored(codestream, frame, 8))]).toEqual([...samples]);
  });

  test("of another size than its metadata says is refused", async () => {
    const decoding = decodeStored(codestream, { ...frame, FrameSizeInBytes: 7 }, 8);
    await expect(decoding).rejects.toThrow(`image frame ${ID}: expected 7 bytes, got 6`);
  });

  test("whose samples have another checksum than its metadata says is refused", async () => {
    const levels = [{ Width: 3, Height: 2, Checksum: 1 }];
    const other = { ...frame, PixelDataChecksumFromBaseToFullResolution: levels };
    await expect(decodeStored(codestream, other, 8)).rejects.toThrow(
      `image frame ${ID}: expected CRC-32 1, got ${crc32(samples)}`,
    );
    expect([...(await decodeStored(codestream, frame, 8))]).toEqual([...samples]);
  });

  test("of 8 bits in 16 is decoded to 16 bits, whether its checksum is of bytes or, as in 0.1.0, of 16 bits", async () => {
    const wide = { ...shape, bitsAllocated: 16 };
    const stored = encodeFrame(Uint16Array.from(samples), wide, await loadCodec());
    const described = describeFrame(ID, { ...stored, frameId: ID });
    const sums = [crc32(samples), crc32(Uint16Array.from(samples)), 1];
    const [ofBytes, ofWords, ofNeither] = sums.map((Checksum) => ({
      ...described,
      PixelDataChecksumFromBaseToFullResolution: [{ Width: 3, Height: 2, Checksum }],
    }));
    expect(described).toEqual(ofBytes);
    for (const frameOf of [ofBytes, ofWords]) {
      const bytes = await decodeStored(stored.codestream, frameOf ?? described, 16);
      expect([...bytes]).toEqual([...samples].flatMap((sample) => [sample, 0]));
    }
    await expect(decodeStored(stored.codestream, ofNeither ?? described, 16)).rejects.toThrow(
      `expected CRC-32 1, got ${crc32(samples)}`,
    );
  });
});
