import { describe, expect, it } from "vitest";
import { inPromisedColours } from "../../../src/imaging/pixels/sources/jpeg/colours.ts";
import { isSubsampled422, upsample422 } from "../../../src/imaging/pixels/sources/ybr-422.ts";
import { frameShape } from "./sample-frames.ts";

const jpeg = (adobeTransform: number | undefined, samples: Uint8Array) => ({
  width: samples.length / 3,
  height: 1,
  componentCount: 3,
  bitsPerSample: 8,
  isSigned: false,
  isLossy: true,
  samples,
  adobeTransform,
});
const promised = (photometricInterpretation: string) =>
  frameShape({ bitsStored: 8, samplesPerPixel: 3, photometricInterpretation });
// Black, white, red, blue, and grey as the Independent JPEG Group's library has them.
const YBR = Uint8Array.of(0, 128, 128, 255, 128, 128, 76, 85, 255, 29, 255, 107, 100, 128, 128);
const RGB = Uint8Array.of(0, 0, 0, 255, 255, 255, 254, 0, 0, 0, 0, 254, 100, 100, 100);

describe("the colours of a JPEG frame", () => {
  it.each([undefined, 1])("stay YCbCr where the attributes say so, with Adobe transform %s", (adobe) => {
    expect(inPromisedColours(jpeg(adobe, YBR), promised("YBR_FULL_422")).samples).toBe(YBR);
  });

  it.each([undefined, 0])("stay RGB where the attributes say so, with Adobe transform %s", (adobe) => {
    expect(inPromisedColours(jpeg(adobe, RGB), promised("RGB")).samples).toBe(RGB);
  });

  it("become RGB where the attributes say RGB and YCbCr is coded", () => {
    expect([...inPromisedColours(jpeg(1, YBR), promised("RGB")).samples]).toEqual([...RGB]);
  });

  it("are refused where the attributes say YCbCr and RGB is coded", () => {
    expect(() => inPromisedColours(jpeg(0, RGB), promised("YBR_FULL"))).toThrow(
      "PhotometricInterpretation YBR_FULL found, but the JPEG frame is marked as RGB",
    );
  });
});

describe("native YBR_FULL_422", () => {
  const shape = frameShape({ ...promised("YBR_FULL_422"), columns: 4, rows: 1 });

  it("gives both pixels of a pair the same colours", () => {
    expect(isSubsampled422(shape)).toBe(true);
    expect([...upsample422(Uint8Array.of(1, 2, 30, 40, 5, 6, 70, 80), shape)]).toEqual([
      1, 30, 40, 2, 30, 40, 5, 70, 80, 6, 70, 80,
    ]);
  });

  it("is refused where the number of columns is odd", () => {
    expect(() => upsample422(new Uint8Array(6), { ...shape, columns: 3 })).toThrow("expected an even number");
  });
});
