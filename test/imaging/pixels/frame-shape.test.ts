import { describe, expect, it } from "vitest";
import { checkFrameShape, type FrameShape } from "../../../src/imaging/pixels/frame-shape.ts";
import { PixelError } from "../../../src/imaging/pixels/pixel-error.ts";
import { frameShape } from "./sample-frames.ts";

describe("a frame shape", () => {
  const supported: Partial<FrameShape>[] = [
    { bitsStored: 1 },
    { bitsStored: 16, isSigned: true },
    { bitsStored: 8, bitsAllocated: 16 },
    { bitsStored: 12, highBit: 15 },
    { photometricInterpretation: "MONOCHROME1" },
    { photometricInterpretation: "PALETTE COLOR" },
    { rows: 65_535, columns: 1 },
    { rows: 1, columns: 65_535 },
    { rows: 20_000, columns: 20_000 },
    { samplesPerPixel: 3, planarConfiguration: 1 },
    { samplesPerPixel: 3, photometricInterpretation: "YBR_FULL" },
    { samplesPerPixel: 3, photometricInterpretation: "YBR_FULL_422" },
    { samplesPerPixel: 3, photometricInterpretation: "YBR_RCT" },
    { samplesPerPixel: 3, photometricInterpretation: "YBR_ICT" },
    // Of no meaning with one sample a pixel.
    { planarConfiguration: 7 },
  ];
  it.each(supported)("is supported with %j", (differences) => {
    expect(() => checkFrameShape(frameShape(differences))).not.toThrow();
  });
});

describe("the check of a frame's shape", () => {
  const refused: [Partial<FrameShape>, string][] = [
    [{ bitsAllocated: 1, bitsStored: 1 }, "binary segmentation is not supported by the service"],
    [{ bitsAllocated: 32 }, "BitsAllocated 32 is not supported, expected 8 or 16"],
    [{ bitsAllocated: 64 }, "BitsAllocated 64"],
    [{ bitsStored: 0 }, "BitsStored 0 is not supported, expected 1 to 8"],
    [{ bitsStored: 17 }, "BitsStored 17 is not supported, expected 1 to 16"],
    [{ bitsStored: 12, highBit: 10 }, "HighBit 10 is not supported, expected 11 to 15"],
    [{ bitsStored: 12, highBit: 16 }, "HighBit 16"],
    [{ rows: 0 }, "Rows 0 is not supported, expected 1 to 65535"],
    [{ columns: 65_536 }, "Columns 65536"],
    [{ columns: Number.NaN }, "Columns NaN"],
    [{ samplesPerPixel: 4, photometricInterpretation: "ARGB" }, "SamplesPerPixel 4"],
    [{ samplesPerPixel: 3, planarConfiguration: 2 }, "PlanarConfiguration 2"],
    [{ samplesPerPixel: 3, photometricInterpretation: "CMYK" }, "CMYK"],
    [{ rows: 65_535, columns: 65_535 }, "has 8589672450 bytes, at most 1073741824"],
    [{ samplesPerPixel: 3, photometricInterpretation: "MONOCHROME2" }, "MONOCHROME2"],
    [{ samplesPerPixel: 1, photometricInterpretation: "RGB" }, "PhotometricInterpretation RGB"],
    [{ photometricInterpretation: "" }, "PhotometricInterpretation (empty)"],
  ];
  it.each(refused)("refuses %j", (differences, message) => {
    const check = () => checkFrameShape(frameShape(differences));
    expect(check).toThrow(PixelError);
    expect(check).toThrow(message);
  });

  it("gives a message that failure.ndjson can hold, for any content of the file", () => {
    const shape = frameShape({ photometricInterpretation: "MONO\n{CHROME}=2; <é>" });
    expect(() => checkFrameShape(shape)).toThrow(/^[\w -:`]+$/);
  });
});
