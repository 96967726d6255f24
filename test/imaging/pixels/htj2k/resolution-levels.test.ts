import { describe, expect, it } from "vitest";
import {
  decompositionCount,
  resolutionLevels,
} from "../../../../src/imaging/pixels/htj2k/resolution-levels.ts";

describe("the listed resolution levels", () => {
  it.each([
    [512, 512, "128x128 256x256 512x512"],
    [640, 480, "160x120 320x240 640x480"],
    [512, 375, "256x188 512x375"],
    [320, 240, "160x120 320x240"],
    [200, 200, "100x100 200x200"],
    [199, 199, "100x100 199x199"],
    [198, 198, "198x198"],
    [1, 1, "1x1"],
    [65_535, 10, "65535x10"],
  ])("of %i x %i are %s", (width, height, expected) => {
    const levels = resolutionLevels(width, height).map((level) => `${level.width}x${level.height}`);
    expect(levels.join(" ")).toBe(expected);
  });
});

describe("the number of decompositions", () => {
  // DICOM PS3.5 10.18: until a side of the base resolution is at most 64.
  it.each([
    [1, 1, 1],
    [64, 64, 1],
    [128, 128, 1],
    [129, 129, 2],
    [512, 512, 3],
    [640, 480, 3],
    [65_535, 65_535, 10],
    [65_535, 1, 1],
  ])("for %i x %i is %i", (width, height, expected) => {
    expect(decompositionCount(width, height)).toBe(expected);
  });
});
