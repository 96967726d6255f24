import { describe, expect, it } from "vitest";
import { PixelError } from "../../../../src/imaging/pixels/pixel-error.ts";
import { readNative } from "../../../../src/imaging/pixels/sources/read-native.ts";
import { checksum, equalSamples, widenSamples } from "../../../../src/imaging/pixels/samples.ts";
import { frameShape } from "../sample-frames.ts";

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

describe("stored bits", () => {
  it("are those up to HighBit; bits above and below are dropped", () => {
    const shape = frameShape({ rows: 1, columns: 3, bitsStored: 12, highBit: 13 });
    expect(readNative(words(0xffff, 0xc003, 0x0004), shape)).toEqual(Uint16Array.of(0xfff, 0, 1));
  });

  it("are extended by their sign", () => {
    const shape = frameShape({ rows: 1, columns: 3, bitsStored: 12, isSigned: true });
    const samples = readNative(words(0x0fff, 0xf7ff, 0x0800), shape);
    expect(samples).toEqual(Int16Array.of(-1, 2047, -2048));
  });

  it("that are 7 of 8 bits lose the bit of an overlay", () => {
    const shape = frameShape({ rows: 1, columns: 2, bitsStored: 7 });
    expect(readNative(Uint8Array.of(0xff, 0x80), shape)).toEqual(Uint8Array.of(127, 0));
  });

  it("that are one signed bit are 0 and -1", () => {
    const shape = frameShape({ rows: 1, columns: 2, bitsStored: 1, isSigned: true });
    expect(readNative(Uint8Array.of(1, 2), shape)).toEqual(Int8Array.of(-1, 0));
  });

  it("that fill the word are not copied", () => {
    const bytes = words(1, 2, 3);
    expect(readNative(bytes, frameShape({ rows: 1, columns: 3 })).buffer).toBe(bytes.buffer);
  });

  it.each([false, true])(
    "that are 12 of 16 bits with the sign already extended are not copied (signed: %s)",
    (isSigned) => {
      const bytes = words(0, 2047, isSigned ? 0xf800 : 0x0fff);
      const shape = frameShape({ rows: 1, columns: 3, bitsStored: 12, isSigned });
      expect(readNative(bytes, shape).buffer).toBe(bytes.buffer);
    },
  );

  it("may lie at an odd offset in memory", () => {
    const bytes = Uint8Array.of(9, 0x01, 0x02, 0x03, 0x04).subarray(1);
    const shape = frameShape({ rows: 1, columns: 2 });
    expect(readNative(bytes, shape)).toEqual(Uint16Array.of(0x0201, 0x0403));
  });
});

describe("planar configuration 1", () => {
  it("is interleaved by pixel", () => {
    const differences = { samplesPerPixel: 3, planarConfiguration: 1, rows: 1, columns: 2 };
    const bytes = readNative(Uint8Array.of(1, 2, 3, 4, 5, 6), frameShape({ ...differences, bitsStored: 8 }));
    expect(bytes).toEqual(Uint8Array.of(1, 3, 5, 2, 4, 6));
    const wide = readNative(words(1, 2, 3, 4, 5, 6), frameShape(differences));
    expect(wide).toEqual(Uint16Array.of(1, 3, 5, 2, 4, 6));
  });
});

describe("pixels that share their colours", () => {
  const shape = frameShape({
    rows: 1,
    columns: 4,
    samplesPerPixel: 3,
    bitsStored: 8,
    photometricInterpretation: "YBR_FULL_422",
  });

  it("get three samples each", () => {
    expect(readNative(Uint8Array.of(1, 2, 20, 30, 3, 4, 50, 60), shape)).toEqual(
      Uint8Array.of(1, 20, 30, 2, 20, 30, 3, 50, 60, 4, 50, 60),
    );
  });

  it("are refused in planes, since readers disagree about them", () => {
    expect(() => readNative(new Uint8Array(8), { ...shape, planarConfiguration: 1 })).toThrow(
      "PlanarConfiguration 1 with YBR_FULL_422 is not supported, expected 0",
    );
  });
});

describe("the reader of native frames", () => {
  it.each([
    [{ rows: 512, columns: 512 }, "expected 524288 bytes (512x512x2), got 524287"],
    [{ rows: 2, columns: 262_143, bitsStored: 8 }, "Columns 262143"],
    [{ rows: 256, columns: 512, samplesPerPixel: 3 }, "expected 786432 bytes (512x256x3x2), got 524287"],
  ])("refuses too few or too many bytes for %j", (differences, message) => {
    const read = () => readNative(new Uint8Array(524_287), frameShape(differences));
    expect(read).toThrow(PixelError);
    expect(read).toThrow(message);
  });
});

describe("samples", () => {
  it("have the CRC-32 of their little-endian bytes", () => {
    // The check value of CRC-32, over "123456789".
    expect(checksum(Uint8Array.from(Buffer.from("123456789")))).toBe(0xcbf43926);
    expect(checksum(Uint16Array.of(0x3231, 0x3433))).toBe(checksum(Uint8Array.from(Buffer.from("1234"))));
  });

  it("are widened to BitsAllocated with their sign", () => {
    expect(widenSamples(Int8Array.of(-1), 16)).toEqual(Int16Array.of(-1));
    expect(widenSamples(Uint8Array.of(255), 16)).toEqual(Uint16Array.of(255));
    expect(widenSamples(Uint8Array.of(255), 8)).toEqual(Uint8Array.of(255));
  });
});

describe("samples", () => {
  it("are equal where their bytes are", () => {
    expect(equalSamples(Int16Array.of(1, -1), Int16Array.of(1, -1))).toBe(true);
    expect(equalSamples(Int16Array.of(1, -1), Int16Array.of(1, -2))).toBe(false);
    expect(equalSamples(Int16Array.of(1), Int16Array.of(1, 0))).toBe(false);
  });
});
