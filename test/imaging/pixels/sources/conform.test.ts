import { describe, expect, it } from "vitest";
import { conform } from "../../../../src/imaging/pixels/sources/conform.ts";
import type { DecodedImage } from "../../../../src/imaging/pixels/sources/decoded-image.ts";
import type { FrameShape } from "../../../../src/imaging/pixels/frame-shape.ts";
import { frameShape } from "../sample-frames.ts";

const image = (
  bitsPerSample: number,
  samples: DecodedImage["samples"],
  others: Partial<DecodedImage> = {},
) => ({
  width: samples.length,
  height: 1,
  componentCount: 1,
  bitsPerSample,
  isSigned: false,
  isLossy: false,
  samples,
  ...others,
});
const shape = (differences: Partial<FrameShape>) => frameShape({ rows: 1, columns: 3, ...differences });
const SIGNED = { isSigned: true };
const LOSSY = { isLossy: true };

describe("where the codestream and the attributes disagree, decoded samples", () => {
  it.each([
    [
      "of 8 bits are widened where 16 bits are allocated",
      image(8, Uint8Array.of(0, 200, 255)),
      shape({ bitsStored: 8, bitsAllocated: 16 }),
      Uint16Array.of(0, 200, 255),
    ],
    [
      "of fewer bits than BitsStored are unchanged",
      image(13, Uint16Array.of(0, 8191, 4096)),
      shape({ bitsStored: 16 }),
      Uint16Array.of(0, 8191, 4096),
    ],
    [
      "of more bits than BitsStored lose the bits above",
      image(16, Uint16Array.of(0xf001, 0x0fff, 0x8000)),
      shape({ bitsStored: 12 }),
      Uint16Array.of(1, 4095, 0),
    ],
    [
      "of a whole word are shifted down from HighBit",
      image(16, Uint16Array.of(0x0010, 0xfff0, 0x000f)),
      shape({ bitsStored: 12, highBit: 15 }),
      Uint16Array.of(1, 4095, 0),
    ],
    [
      "of exactly BitsStored are not shifted, with any HighBit",
      image(12, Uint16Array.of(1, 4095, 2048)),
      shape({ bitsStored: 12, highBit: 15 }),
      Uint16Array.of(1, 4095, 2048),
    ],
    [
      "that are unsigned words become signed where the attributes say signed",
      image(13, Uint16Array.of(0, 4095, 8191)),
      shape({ bitsStored: 13, isSigned: true }),
      Int16Array.of(0, 4095, -1),
    ],
    [
      "that are unsigned bytes become signed where the attributes say signed",
      image(8, Uint8Array.of(0, 127, 255)),
      shape({ bitsStored: 8, isSigned: true }),
      Int8Array.of(0, 127, -1),
    ],
    [
      "that are signed become unsigned where the attributes say unsigned",
      image(12, Int16Array.of(0, -1, -2048), SIGNED),
      shape({ bitsStored: 12 }),
      Uint16Array.of(0, 4095, 2048),
    ],
    [
      "that are signed and of fewer bits keep their sign",
      image(8, Int8Array.of(0, -1, -128), SIGNED),
      shape({ bitsStored: 16, isSigned: true }),
      Int16Array.of(0, -1, -128),
    ],
    [
      "that are lossy and unsigned are clamped to the range",
      image(12, Uint16Array.of(0, 1030, 1023), LOSSY),
      shape({ bitsStored: 10 }),
      Uint16Array.of(0, 1023, 1023),
    ],
    [
      "that are lossy and signed are clamped to the range",
      image(16, Int16Array.of(-600, 600, 5), { ...LOSSY, ...SIGNED }),
      shape({ bitsStored: 10, isSigned: true }),
      Int16Array.of(-512, 511, 5),
    ],
  ])("%s", (_, decoded, wanted, expected) => {
    expect(conform(decoded, wanted)).toEqual(expected);
  });

  it("are refused where BitsAllocated is too small for them", () => {
    expect(() => conform(image(12, Uint16Array.of(1)), shape({ bitsStored: 8 }))).toThrow(
      "BitsAllocated 8 found, but the codestream has 12 bits",
    );
  });
});
